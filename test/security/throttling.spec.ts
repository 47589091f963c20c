import { commandsOf, type Send } from '../support/commands.js';
import { approvedDeveloper, PASSWORD } from '../support/developers.js';
import { startTestServer, type TestServer } from '../support/server.js';

const HOUR = 3_600_000;
const ATTACKER = '203.0.113.66';

let server: TestServer;
let send: Send;
let portal: string;
let count = 0;

beforeAll(async () => {
  server = await startTestServer();
  send = commandsOf(server);
  ({ id: portal } = await send('CreatePortal', { name: 'Patient' }));
});
afterAll(() => server.stop());
beforeEach(() => server.advance(48 * HOUR));

const victim = async (): Promise<string> =>
  (await approvedDeveloper(server, send, portal, `victim-${(count += 1)}@example.org`)).email;

interface From {
  readonly address?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function post(path: string, payload: object, { address = ATTACKER, headers = {} }: From = {}) {
  const { statusCode, headers: answered } = await server.app.inject({
    method: 'POST',
    url: `/api/v2/developer${path}`,
    remoteAddress: address,
    headers,
    payload,
  });
  return { status: statusCode, wait: Number(answered['retry-after'] ?? 0) };
}

const signIn = (username: string, password: string, from?: From) => post('/authenticate', { username, password }, from);
const guess = (username: string, from?: From) => signIn(username, 'a guess of 12', from);

/** Guesses as often as it is let to; what each refusal asked to wait, in seconds. */
async function waits(act: () => Promise<{ status: number; wait: number }>, refusals: number): Promise<number[]> {
  const asked: number[] = [];
  for (let attempts = 0; asked.length < refusals && attempts < 200; attempts++) {
    const { status, wait } = await act();
    if (status !== 429) continue;
    asked.push(wait);
    server.advance(wait * 1000);
  }
  return asked;
}

describe('guessing at one account', () => {
  it('waits longer each time, a minute at most', async () => {
    const email = await victim();
    let address = 0;
    // From ever new addresses: it is the account that counts.
    const asked = await waits(() => guess(email, { address: `198.51.100.${(address += 1) % 250}` }), 9);
    expect(asked).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('is refused before the password is looked at', async () => {
    const email = await victim();
    let answer = await guess(email);
    while (answer.status === 401) answer = await guess(email);
    expect(answer.status).toBe(429);
    expect(answer.wait).toBeGreaterThan(0);
    expect((await signIn(email, PASSWORD)).status).toBe(429);
    server.advance(answer.wait * 1000);
    expect((await signIn(email, PASSWORD)).status).toBe(204);
  });

  it('never locks its owner out: at once from where they signed in before, else within a minute', async () => {
    const email = await victim();
    const home = { address: '192.0.2.1' };
    expect((await signIn(email, PASSWORD, home)).status).toBe(204);
    for (let attempt = 0; attempt < 60; attempt++) {
      const { wait } = await guess(email, { address: `198.51.100.${attempt}` });
      server.advance(wait * 1000);
    }
    await guess(email);
    expect((await signIn(email, PASSWORD, home)).status).toBe(204);
    await guess(email);
    const away = { address: '192.0.2.99' };
    const { status, wait } = await signIn(email, PASSWORD, away);
    if (status === 429) {
      expect(wait).toBeLessThanOrEqual(60);
      server.advance(wait * 1000);
      expect((await signIn(email, PASSWORD, away)).status).toBe(204);
    } else expect(status).toBe(204);
  });
});

describe('guessing from one address', () => {
  const spray = async (from: (attempt: number) => From): Promise<number> => {
    let allowed = 0;
    for (let attempt = 0; attempt < 40; attempt++) {
      if ((await guess(`nobody-${attempt}@example.org`, from(attempt))).status !== 429) allowed += 1;
    }
    return allowed;
  };

  it('waits however many accounts it tries', async () => {
    const allowed = await spray(() => ({}));
    expect(allowed).toBeGreaterThan(5);
    expect(allowed).toBeLessThan(30);
  });

  it('waits whatever the address calls itself', async () => {
    const allowed = await spray((attempt) => ({ headers: { 'x-forwarded-for': `10.0.0.${attempt}`, forwarded: `for=10.0.0.${attempt}` } })); // prettier-ignore
    expect(allowed).toBeLessThan(30);
  });

  it('waits as one network of IPv6', async () => {
    expect(await spray((attempt) => ({ address: `2001:db8:1:2::${attempt + 1}` }))).toBeLessThan(30);
  });

  it('lets other addresses in', async () => {
    await spray(() => ({}));
    const email = await victim();
    expect((await signIn(email, PASSWORD, { address: '192.0.2.2' })).status).toBe(204);
  });

  it('is not forgiven for an account of one’s own', async () => {
    const own = await victim();
    let allowed = 0;
    for (let attempt = 0; attempt < 60; attempt++) {
      if (attempt % 3 === 0) await signIn(own, PASSWORD);
      else if ((await guess(`nobody-${attempt}@example.org`)).status !== 429) allowed += 1;
    }
    expect(allowed).toBeLessThan(30);
  });
});

describe('mails', () => {
  it.each([
    ['', (email: string) => ({ email, full_name: 'Again' })],
    ['/forgot-password', (email: string) => ({ email })],
  ])('asked for at %j wait longer each time', async (path, body) => {
    const email = await victim();
    const act = () => post(path, body(email));
    const asked = await waits(act, 5);
    expect(asked).toEqual([...asked].sort((a, b) => a - b));
    expect(asked.at(-1)).toBeGreaterThan(asked[0]!);
  });

  it('asked for by others do not keep the owner from asking, or from signing in', async () => {
    const email = await victim();
    const ask = (from?: From) => post('/forgot-password', { email }, from);
    while ((await ask()).status !== 429) continue;
    const { status, wait } = await ask({ address: '192.0.2.3' });
    expect(status === 200 || wait <= 60).toBe(true);
    expect((await signIn(email, PASSWORD, { address: '192.0.2.3' })).status).toBe(204);
  });
});
