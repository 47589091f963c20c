import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { mails, portal, signIn, walkGuide, type Person } from './person.js';
import { commandsOf, type Send } from '../support/commands.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

const PASSWORD = 'plum tapir granite 7';

let server: TestServer;
let send: Send;
let scene: PortalScene;
let known: Person;
/** Signed up, nothing more. */
const waiting = 'waiting@example.org';
let calls = 0;

beforeAll(async () => {
  server = await startTestServer();
  send = commandsOf(server);
  scene = await portalScene(send, 'Discreet');
  const identity = { email: 'known@example.org', full_name: 'Known Person', password: PASSWORD };
  known = await walkGuide(server, scene, identity, send);
  await portal(server, 'POST', '/developer', 201, { body: { email: waiting, full_name: 'W' } });
  await server.services.reactors.settled();
});
afterAll(() => server.stop());
// As good as a new day: no attempt has to wait for the ones before it.
beforeEach(() => server.advance(2 * 3_600_000));

/** All that the caller sees: status, headers and body, but for what names the moment and the request. */
async function told(path: string, body: object, headers: Readonly<Record<string, string>> = {}) {
  calls += 1;
  const response = await server.app.inject({
    method: 'POST',
    url: `/api/v2/developer${path}`,
    remoteAddress: `10.1.${calls >> 8}.${calls & 255}`,
    headers: { host: 'discreet.localhost', ...headers },
    payload: body,
  });
  const { date: _, ...rest } = response.headers;
  const text = response.payload.replace(/gatehouse:trace:[0-9a-f-]{36}/, 'gatehouse:trace');
  return { status: response.statusCode, headers: { ...rest, 'content-length': text.length }, text };
}

const unknown = () => `${randomUUID()}@example.org`;
const signUp = (email: string) => told('', { email, full_name: 'Somebody' });
const forgot = (email: string) => told('/forgot-password', { email });
const authenticate = (username: string) => told('/authenticate', { username, password: 'a wrong password 9' });

describe.each([
  ['signing up', signUp, 201],
  ['having a link mailed', forgot, 200],
  ['signing in with a wrong password', authenticate, 401],
] as const)('%s', (_, act, status) => {
  it('tells nothing about the address', async () => {
    const nobody = await act(unknown());
    expect(nobody.status).toBe(status);
    expect(await act(known.email)).toEqual(nobody);
    expect(await act(known.email.toUpperCase())).toEqual(nobody);
    expect(await act(waiting)).toEqual(nobody);
    expect(await act(unknown())).toEqual(nobody);
  });

  it('tells nothing by when it has to wait', async () => {
    const until = async (email: string) => {
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 8; attempt++) statuses.push((await act(email)).status);
      return statuses;
    };
    const nobody = await until(unknown());
    expect(nobody).toContain(429);
    server.advance(2 * 3_600_000);
    expect(await until(waiting)).toEqual(nobody);
  });
});

describe('the work behind it', () => {
  it('is one comparison of hashes at every sign-in', async () => {
    const verify = jest.spyOn(server.services.passwords, 'verify');
    const compared = async (email: string) => {
      verify.mockClear();
      await authenticate(email);
      return verify.mock.calls.length;
    };
    expect(await compared(known.email)).toBe(1);
    expect(await compared(waiting)).toBe(1);
    expect(await compared(unknown())).toBe(1);
    verify.mockRestore();
  });

  it('is the same number of steps of time, whatever is appended', async () => {
    const heads = async (act: () => Promise<unknown>) => {
      const before = await server.services.store.head();
      await act();
      return (await server.services.store.head()) - before;
    };
    expect(await heads(() => signUp(unknown()))).toBe(1n);
    expect(await heads(() => signUp(waiting))).toBe(1n);
    expect(await heads(() => forgot(unknown()))).toBe(0n);
    expect(await heads(() => forgot(known.email))).toBe(1n);
  });
});

describe('a mail', () => {
  it('tells the owner of a known address, and nobody else', async () => {
    const before = (await mails(server)).length;
    await signUp(known.email);
    const [newest, ...others] = await mails(server);
    expect(others.length).toBe(before);
    expect(newest).toContain(known.email);
  });

  it('goes to nobody whose address is not known', async () => {
    const before = (await mails(server)).length;
    await forgot(unknown());
    expect((await mails(server)).length).toBe(before);
  });
});

describe('a session', () => {
  it('of another is as unknown as one that never was', async () => {
    const { cookie } = await signIn(server, known);
    const read = (id: string) =>
      server.app.inject({ url: `/api/v2/applications/${id}`, headers: { host: 'discreet.localhost', cookie } });
    const plain = (text: string) => text.replace(/gatehouse:trace:[0-9a-f-]{36}/, '');
    const foreign = await read(scene.bobsApp);
    const nothing = await read(randomUUID());
    expect([foreign.statusCode, plain(foreign.payload)]).toEqual([404, plain(nothing.payload)]);
  });
});
