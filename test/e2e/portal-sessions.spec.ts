import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { approvedDeveloper, cookiesOf, PASSWORD, signIn, type Account } from '../support/developers.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let send: Send;
let portal: string;
let ada: Account;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
  ({ id: portal } = await send('CreatePortal', { name: 'Sessions' }));
  ada = await approvedDeveloper(server, send, portal, 'ada@example.org');
});
afterAll(() => server.stop());

const MINUTE = 60_000;

const post = (path: string, { body, headers = {} }: { body?: object; headers?: Record<string, string> } = {}) =>
  call('POST', `/api/v2/developer${path}`, { body, headers, token: null });

const authenticate = (username: string, password = PASSWORD): Promise<Answer> =>
  post('/authenticate', { body: { username, password } });

const me = (cookie: string) => call('GET', '/api/v2/developer/me', { headers: { cookie }, token: null });

const refresh = (cookie: string) => post('/refresh', { headers: { cookie } });

/** A Set-Cookie header by the cookie's name: its value and its attributes in lower case. */
function setCookie({ headers }: Answer, name: string) {
  const line = headers.getSetCookie().find((cookie) => cookie.startsWith(`${name}=`))!;
  const [pair, ...attributes] = line.split('; ');
  return { value: pair!.slice(name.length + 1), attributes: attributes.map((text) => text.toLowerCase()).sort() };
}

describe('signing in', () => {
  it('sets two cookies that scripts cannot read and other sites cannot send', async () => {
    const answer = await authenticate(' Ada@Example.org');
    expect(answer.status).toBe(204);
    expect(setCookie(answer, 'portalaccesstoken').attributes).toEqual([
      'httponly',
      'max-age=900',
      'path=/',
      'samesite=lax',
    ]);
    expect(setCookie(answer, 'portalrefreshtoken').attributes).toEqual([
      'httponly',
      'max-age=604800',
      'path=/api/v2/developer',
      'samesite=lax',
    ]);
    expect((await me(cookiesOf(answer.headers))).body).toMatchObject({
      id: ada.id,
      email: 'ada@example.org',
      full_name: 'Ada Lovelace',
    });
  });

  it('marks them Secure unless the host is this machine', async () => {
    const response = await server.app.inject({
      method: 'POST',
      url: '/api/v2/developer/authenticate',
      headers: { host: 'portal.example.org' },
      payload: { username: ada.email, password: PASSWORD },
    });
    expect(response.statusCode).toBe(204);
    const cookies = [response.headers['set-cookie']].flat();
    expect(cookies.filter((cookie) => cookie!.includes('Secure'))).toHaveLength(2);
    const local = await server.app.inject({
      method: 'POST',
      url: '/api/v2/developer/authenticate',
      headers: { host: 'sessions.localhost:3000' },
      payload: { username: ada.email, password: PASSWORD },
    });
    expect([local.headers['set-cookie']].flat().join()).not.toContain('Secure');
  });

  it('answers a wrong password and an unknown address alike', async () => {
    const wrong = await authenticate(ada.email, 'not the password');
    const unknown = await authenticate('nobody@example.org');
    expect(wrong.status).toBe(401);
    expect(wrong.body).toMatchObject({ title: 'Invalid Credentials', code: 'invalid_credentials' });
    const { instance: _, ...rest } = wrong.body;
    expect(unknown.body).toMatchObject(rest);
    expect(wrong.headers.getSetCookie()).toEqual([]);
  });

  it('names the fields at fault', async () => {
    const { status, body } = await post('/authenticate', { body: { username: 'ada' } });
    expect(status).toBe(400);
    expect(body.invalid_parameters).toMatchObject([
      { field: 'username', rule: 'invalid' },
      { field: 'password', rule: 'required' },
    ]);
  });

  it('explains, only to who has the password, why an account is not open', async () => {
    const { id, email } = await approvedDeveloper(server, send, portal, 'revoked@example.org');
    await send('RevokeDeveloper', { developer_id: id });
    expect(await authenticate(email)).toMatchObject({
      status: 401,
      body: { title: 'Account disabled', code: 'developer_revoked' },
    });
    expect((await authenticate(email, 'not the password')).body.code).toBe('invalid_credentials');

    const pending = await send('RegisterDeveloper', {
      portal_id: portal,
      email: 'pending@example.org',
      full_name: 'Pending',
    });
    await server.services.passwords.set(pending.id, PASSWORD);
    const unconfirmed = await authenticate('pending@example.org');
    expect(unconfirmed.body).toMatchObject({ code: 'email_not_confirmed' });
    expect(unconfirmed.body['title']).toContain('disabled');
    await send('ConfirmEmail', { developer_id: pending.id }, { kind: 'developer', id: pending.id });
    const waiting = await authenticate('pending@example.org');
    expect(waiting).toMatchObject({ status: 401, body: { code: 'developer_pending' } });
    expect(waiting.body['title']).toContain('disabled');
  });

  it('makes who guesses wait, and never whom the account belongs to for long', async () => {
    const { email } = await approvedDeveloper(server, send, portal, 'guessed@example.org');
    let answer = await authenticate(email, 'guess');
    for (let guess = 1; guess < 12 && answer.status === 401; guess++) answer = await authenticate(email, 'guess');
    expect(answer.status).toBe(429);
    expect(answer.body).toMatchObject({ title: 'Too Many Requests', code: 'too_many_attempts' });
    expect((await authenticate(email)).status).toBe(429);
    server.advance(Number(answer.headers.get('retry-after')) * 1000);
    expect((await authenticate(email)).status).toBe(204);
  });

  it('checks no more of many guesses at once than of as many in turn', async () => {
    const { email } = await approvedDeveloper(server, send, portal, 'burst@example.org');
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => authenticate(email, `guess ${n}`)));
    expect(answers.filter(({ status }) => status !== 429)).toHaveLength(5);
    server.advance(3_600_000);
  });

  it('is refused to the pages of other sites', async () => {
    const from = async (headers: Record<string, string>) => {
      const { statusCode } = await server.app.inject({ method: 'POST', url: '/api/v2/developer/logout', headers });
      return statusCode;
    };
    expect(await from({ origin: 'https://evil.example' })).toBe(403);
    expect(await from({ origin: 'null' })).toBe(403);
    expect(await from({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await from({ host: 'sessions.localhost', origin: 'http://sessions.localhost:8080' })).toBe(204);
  });
});

describe('a session', () => {
  it('lasts fifteen minutes, and goes on with the refresh cookie', async () => {
    const first = await signIn(server, ada);
    server.advance(15 * MINUTE + 1);
    expect((await me(first)).status).toBe(401);
    const answer = await refresh(first);
    expect(answer.status).toBe(204);
    expect((await me(cookiesOf(answer.headers))).status).toBe(200);
  });

  it('survives two tabs that refresh at once, and ends when an old token comes back later', async () => {
    const first = await signIn(server, ada);
    const [one, other] = await Promise.all([refresh(first), refresh(first)]);
    expect(setCookie(one, 'portalrefreshtoken').value).toBe(setCookie(other, 'portalrefreshtoken').value);
    const next = cookiesOf(one.headers);
    expect((await me(next)).status).toBe(200);
    server.advance(31_000);
    const stolen = await refresh(first);
    expect(stolen).toMatchObject({ status: 401, body: { code: 'session_over' } });
    expect(setCookie(stolen, 'portalaccesstoken').value).toBe('');
    expect((await me(next)).status).toBe(401);
    expect((await refresh(next)).status).toBe(401);
  });

  it('needs its cookie', async () => {
    expect((await call('GET', '/api/v2/developer/me', { token: null })).status).toBe(401);
    expect((await me('portalaccesstoken=made-up')).status).toBe(401);
    expect((await refresh('portalrefreshtoken=made-up')).status).toBe(401);
    expect((await post('/refresh')).status).toBe(401);
    expect((await call('GET', '/api/v2/developer/me')).status).toBe(401);
  });

  it('ends at once for a revoked developer', async () => {
    const developer = await approvedDeveloper(server, send, portal, 'ended@example.org');
    const cookie = await signIn(server, developer);
    await send('RevokeDeveloper', { developer_id: developer.id });
    expect((await me(cookie)).status).toBe(401);
    expect((await refresh(cookie)).status).toBe(401);
    await send('ApproveDeveloper', { developer_id: developer.id });
    expect((await refresh(cookie)).status).toBe(401);
  });

  it('does not open another portal', async () => {
    const cookie = await signIn(server, ada);
    await send('CreatePortal', { name: 'Elsewhere' });
    const at = (host: string) => server.app.inject({ url: '/api/v2/developer/me', headers: { host, cookie } });
    expect((await at('sessions.localhost')).statusCode).toBe(200);
    expect((await at('elsewhere.localhost')).statusCode).toBe(401);
    expect((await at('nowhere.localhost')).statusCode).toBe(404);
  });
});

describe('with two portals', () => {
  const at = (path: string, cookie = '', host = 'sessions.localhost') =>
    server.app.inject({ method: 'POST', url: `/api/v2/developer${path}`, headers: { host, cookie } });

  const login = async () => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/v2/developer/authenticate',
      headers: { host: 'sessions.localhost' },
      payload: { username: ada.email, password: PASSWORD },
    });
    return [answer.headers['set-cookie']].flat().map((cookie) => cookie!.split(';')[0]!);
  };

  it('a session that is shown to the other one stays as it is', async () => {
    const cookies = await login();
    for (const cookie of [cookies[0], cookies[1], cookies.join('; ')]) {
      expect((await at('/logout', cookie, 'elsewhere.localhost')).statusCode).toBe(204);
      expect((await at('/refresh', cookie, 'elsewhere.localhost')).statusCode).toBe(401);
    }
    server.advance(31_000);
    expect((await at('/refresh', cookies[1])).statusCode).toBe(204);
  });

  it('signing out ends every session of the developer, with either cookie', async () => {
    const [desk, phone] = [await login(), await login()];
    const out = await at('/logout', desk[1]);
    expect(out.statusCode).toBe(204);
    expect(out.headers['set-cookie']).toEqual([
      expect.stringContaining('portalaccesstoken=;'),
      expect.stringContaining('portalrefreshtoken=;'),
    ]);
    expect((await at('/refresh', phone[1])).statusCode).toBe(401);
    const third = await login();
    expect((await at('/logout', third[0])).statusCode).toBe(204);
    expect((await at('/refresh', third[1])).statusCode).toBe(401);
  });

  it('signing out succeeds without a session', async () => {
    expect((await at('/logout')).statusCode).toBe(204);
    expect((await at('/logout', 'portalaccesstoken=x; portalrefreshtoken=y')).statusCode).toBe(204);
  });

  it('single sign-on says that it is not available', async () => {
    const answer = await server.app.inject({
      url: '/api/v2/developer/authenticate/sso?returnTo=https%3A%2F%2Fportal.example.org%2Flogin',
      headers: { host: 'sessions.localhost' },
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ title: expect.any(String), code: 'sso_disabled' });
  });
});

it('writes no address, password or cookie to the log', () => {
  expect(server.logLines.join('')).not.toMatch(/@example\.org|plum tapir|portalaccesstoken/);
});
