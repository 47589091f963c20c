import { randomUUID } from 'node:crypto';
import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { cookiesOf, PASSWORD } from '../support/developers.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { MailTokenPurpose } from '#vault/mail-tokens.js';

let server: TestServer;
let call: Call;
let send: Send;
let portal: string;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
  ({ id: portal } = await send('CreatePortal', { name: 'Accounts' }));
});
afterAll(() => server.stop());

const HOUR = 3_600_000;

const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  call('POST', `/api/v2/developer${path}`, { body, headers, token: null });

const signUp = (email: string, headers = {}) => post('', { email, full_name: 'Grace Hopper' }, headers);

async function eventsOf(developerId: string): Promise<string[]> {
  return (await server.services.store.readStream(`developer-${developerId}`)).map(({ type }) => type);
}

/** The newest developer of the log. */
async function lastSignUp(): Promise<string> {
  const events = await server.services.store.readAll({ after: 0n, limit: 10_000, types: ['developer.registered.v1'] });
  return events.at(-1)!.stream.slice('developer-'.length);
}

/** The token that the mail about a developer's newest event of a type holds. */
async function mailedToken(developerId: string, type: string, purpose: MailTokenPurpose): Promise<string> {
  const events = await server.services.store.readStream(`developer-${developerId}`);
  const event = events.findLast((candidate) => candidate.type === type)!;
  return server.services.mailTokens.issue(event.id, { purpose, developerId, portalId: portal });
}

const confirmToken = (id: string) => mailedToken(id, 'developer.registered.v1', 'confirm-email');
const resetToken = (id: string) => mailedToken(id, 'developer.password-reset-requested.v1', 'set-password');

async function signedUp(email: string): Promise<string> {
  await signUp(email);
  return lastSignUp();
}

/** Every header but those that name the request or the moment. */
const told = ({ status, headers, body }: Answer) => ({
  status,
  body,
  headers: Object.fromEntries([...headers].filter(([name]) => name !== 'date')),
});

describe('signing up', () => {
  it('answers the same for a new and a known address, and tells the owner of a known one', async () => {
    const key = { 'idempotency-key': 'sign-up-1' };
    const first = await signUp('new@example.org', key);
    expect(first.status).toBe(201);
    const id = await lastSignUp();
    expect(told(await signUp(' NEW@example.org ', key))).toEqual(told(first));
    expect(await lastSignUp()).toBe(id);
    expect(await eventsOf(id)).toEqual(['developer.registered.v1', 'developer.sign-up-repeated.v1']);
  });

  it('lets an Idempotency-Key tell nothing about the address it was sent with', async () => {
    const key = { 'idempotency-key': 'sign-up-2' };
    await signUp('first@example.org', key);
    expect((await signUp('second@example.org', key)).status).toBe(201);
  });

  it('shows up in the list of developers at once', async () => {
    const id = await signedUp('visible@example.org');
    expect(await server.services.reads.get('developers', id)).toMatchObject({ status: 'pending' });
  });

  it.each([
    [{ email: 'no address', full_name: 'X' }, 'email', 'invalid'],
    [{ email: 'x@example.org', full_name: '' }, 'full_name', 'min_length'],
    [{ email: 'x@example.org', full_name: 'X'.repeat(251) }, 'full_name', 'max_length'],
    [{ email: 'x@example.org' }, 'full_name', 'required'],
    [{ email: 'x@example.org', full_name: 'X', password: 'y' }, 'password', 'unknown_property'],
  ])('refuses %j', async (body, field, rule) => {
    const { status, body: problem } = await post('', body);
    expect(status).toBe(400);
    expect(problem.invalid_parameters).toMatchObject([{ field, rule, source: 'body' }]);
  });

  it('keeps an address that tries again and again waiting', async () => {
    let answer = await signUp('again@example.org');
    for (let attempt = 1; attempt < 12 && answer.status === 201; attempt++) answer = await signUp('again@example.org');
    expect(answer.status).toBe(429);
    expect(answer.body).toMatchObject({ title: 'Too Many Requests', code: 'too_many_attempts' });
    server.advance(Number(answer.headers.get('retry-after')) * 1000);
    expect((await signUp('again@example.org')).status).toBe(201);
    server.advance(HOUR);
  });
});

describe('the mailed link', () => {
  it('confirms the address, sets the first password and leads to the first sign-in', async () => {
    await send('ChangePortalSettings', { portal_id: portal, auto_approve_developers: true });
    const id = await signedUp('way@example.org');
    const confirmed = await post('/verify-email', { token: await confirmToken(id) });
    expect(confirmed.status).toBe(202);
    expect(confirmed.body['email']).toBe('way@example.org');
    expect(confirmed.headers.get('cache-control')).toBe('no-store');
    const { token } = confirmed.body;
    expect((await post('/reset-password', { token, password: PASSWORD })).status).toBe(204);
    const signedIn = await post('/authenticate', { username: 'way@example.org', password: PASSWORD });
    expect(signedIn.status).toBe(204);
    const headers = { cookie: cookiesOf(signedIn.headers) };
    const me = await call('GET', '/api/v2/developer/me', { headers, token: null });
    expect(me.body).toMatchObject({ id, email: 'way@example.org', full_name: 'Grace Hopper' });
    expect(await eventsOf(id)).toEqual([
      'developer.registered.v1',
      'developer.email-confirmed.v1',
      'developer.approved.v1',
      'developer.password-set.v1',
    ]);
    await send('ChangePortalSettings', { portal_id: portal, auto_approve_developers: false });
  });

  it('is good once, for its time, on its portal and for its purpose', async () => {
    const id = await signedUp('once@example.org');
    const token = await confirmToken(id);
    expect((await post('/reset-password', { token, password: PASSWORD })).status).toBe(404);
    const { body } = await post('/verify-email', { token });
    expect(await post('/verify-email', { token })).toMatchObject({ status: 410, body: { code: 'link_used' } });
    expect((await post('/verify-email', { token: randomUUID() })).status).toBe(404);
    expect((await post('/verify-email', { token: body['token'] })).status).toBe(404);
    expect((await post('/verify-email', { token: 'x' })).body.invalid_parameters).toMatchObject([{ rule: 'is_uuid' }]);
    server.advance(HOUR + 1);
    const late = await post('/reset-password', { token: body['token'], password: PASSWORD });
    expect(late).toMatchObject({ status: 410, body: { code: 'link_expired' } });
    const elsewhere = await server.services.mailTokens.issue(randomUUID(), {
      purpose: 'confirm-email',
      developerId: id,
      portalId: randomUUID(),
    });
    expect((await post('/verify-email', { token: elsewhere })).status).toBe(404);
  });

  it('leads on when the address is confirmed already', async () => {
    const id = await signedUp('twice@example.org');
    await post('/verify-email', { token: await confirmToken(id) });
    const second = await server.services.mailTokens.issue(randomUUID(), {
      purpose: 'confirm-email',
      developerId: id,
      portalId: portal,
    });
    const { status, body } = await post('/verify-email', { token: second });
    expect(status).toBe(202);
    expect((await post('/reset-password', { token: body['token'], password: PASSWORD })).status).toBe(204);
    expect(await eventsOf(id)).toEqual([
      'developer.registered.v1',
      'developer.email-confirmed.v1',
      'developer.password-set.v1',
    ]);
  });

  it('leads nowhere after the developer was removed', async () => {
    const id = await signedUp('gone@example.org');
    const token = await confirmToken(id);
    await send('RemoveDeveloper', { developer_id: id });
    expect((await post('/verify-email', { token })).status).toBe(404);
  });

  it('gives the first answer again for the same Idempotency-Key', async () => {
    const id = await signedUp('repeat@example.org');
    const token = await confirmToken(id);
    const key = { 'idempotency-key': 'verify-1' };
    const first = await post('/verify-email', { token }, key);
    const second = await post('/verify-email', { token }, key);
    expect(second).toMatchObject({ status: 202, body: first.body });
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });
});

describe('a forgotten password', () => {
  const forgot = (email: string) => post('/forgot-password', { email });

  it('gets the same answer for a known and an unknown address; only the owner gets a link', async () => {
    const id = await signedUp('forgot@example.org');
    const before = await server.services.store.head();
    const unknown = await forgot('nobody@example.org');
    expect(unknown.status).toBe(200);
    expect(await server.services.store.head()).toBe(before);
    expect(told(await forgot('Forgot@example.org'))).toEqual(told(unknown));
    expect(await eventsOf(id)).toContain('developer.password-reset-requested.v1');
    expect((await forgot('nobody')).body.invalid_parameters).toMatchObject([{ field: 'email' }]);
  });

  it('is replaced through the link, which ends every session and confirms the address', async () => {
    const id = await signedUp('replace@example.org');
    await send('ApproveDeveloper', { developer_id: id });
    const set = async (password: string) => {
      await forgot('replace@example.org');
      return post('/reset-password', { token: await resetToken(id), password });
    };
    const authenticate = (password: string) => post('/authenticate', { username: 'replace@example.org', password });
    expect((await set('the first of them')).status).toBe(204);
    const headers = { cookie: cookiesOf((await authenticate('the first of them')).headers) };
    expect((await set('the second of them')).status).toBe(204);
    expect((await call('GET', '/api/v2/developer/me', { headers, token: null })).status).toBe(401);
    expect((await authenticate('the first of them')).status).toBe(401);
    expect((await authenticate('the second of them')).status).toBe(204);
  });

  it('is replaced whatever revision the caller thinks the account is at, or not at all', async () => {
    const id = await signedUp('conditional@example.org');
    await send('ApproveDeveloper', { developer_id: id });
    await forgot('conditional@example.org');
    const body = { token: await resetToken(id), password: PASSWORD };
    expect((await post('/reset-password', body, { 'if-match': '"999"' })).status).toBe(204);
    expect(await eventsOf(id)).toContain('developer.password-set.v1');
    expect((await post('/reset-password', body)).body.code).toBe('link_used');
  });

  it('is not kept from its owner by somebody who asks for links again and again', async () => {
    const id = await signedUp('pestered@example.org');
    await forgot('pestered@example.org');
    const token = await resetToken(id);
    server.advance(60_000);
    await forgot('pestered@example.org');
    await resetToken(id);
    expect((await post('/reset-password', { token, password: PASSWORD })).status).toBe(204);
  });

  it('needs a new one that keeps to the policy, and keeps the link for another try', async () => {
    const id = await signedUp('policyholder@example.org');
    await forgot('policyholder@example.org');
    const token = await resetToken(id);
    const attempt = (password: unknown) => post('/reset-password', { token, password });
    expect((await attempt('short')).body.invalid_parameters).toMatchObject([
      { field: 'password', rule: 'min_length', minimum: 12, source: 'body' },
    ]);
    expect((await attempt('x'.repeat(129))).body.invalid_parameters).toMatchObject([{ rule: 'max_length' }]);
    expect((await attempt('policyholder 1 2 3')).status).toBe(400);
    expect((await attempt('password1234')).status).toBe(400);
    expect((await attempt(42)).body.invalid_parameters).toMatchObject([{ rule: 'is_string' }]);
    expect((await attempt(PASSWORD)).status).toBe(204);
    expect((await attempt(PASSWORD)).body.code).toBe('link_used');
  });

  it('keeps who asks again and again waiting', async () => {
    let answer = await forgot('flood@example.org');
    for (let attempt = 1; attempt < 12 && answer.status === 200; attempt++) answer = await forgot('flood@example.org');
    expect(answer.status).toBe(429);
    server.advance(HOUR);
  });
});

describe('a public portal', () => {
  it('has no accounts', async () => {
    await send('ChangePortalSettings', { portal_id: portal, is_public: true });
    expect((await signUp('public@example.org')).status).toBe(400);
    expect((await post('/authenticate', { username: 'way@example.org', password: PASSWORD })).status).toBe(404);
    expect((await call('GET', '/api/v2/developer/me', { token: null })).status).toBe(404);
    expect((await post('/logout', {})).status).toBe(204);
    await send('ChangePortalSettings', { portal_id: portal, is_public: false });
  });
});

it('writes no address, password or token to the log', async () => {
  expect(server.logLines.join('')).not.toMatch(/@example\.org|plum tapir|the first of them/);
});
