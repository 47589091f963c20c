import { createHmac } from 'node:crypto';
import { attemptOf, browser, cameBack, ssoScene, type SsoScene } from './scene.js';
import type { Browser, Page } from '../support/browser.js';
import { startHostileProvider, type Behaviour, type HostileProvider, type Made } from '../support/hostile-provider.js';

let scene: SsoScene;
let provider: HostileProvider;
const back = () => ({ stopAt: (url: URL) => url.origin === scene.server.url && url.pathname === '/login' });
const atProvider = () => ({ stopAt: (url: URL) => url.origin === provider.issuer });
const atCallback = () => ({ stopAt: (url: URL) => url.href.startsWith(scene.callback) });
const signIn = (who: Browser = browser()) => who.visit(scene.start(), back());
const attempt = (who: Browser = browser(), go: (who: Browser) => Promise<Page> = signIn) => attemptOf(scene, who, go);

beforeAll(async () => {
  scene = await ssoScene();
  provider = await startHostileProvider();
  await scene.trust(provider);
});
afterEach(() => provider.reset());
afterAll(async () => {
  await provider?.stop();
  await scene?.server.stop();
});

it('lets people in as long as it behaves well', async () => {
  expect(cameBack(await signIn())).toBe(true);
  expect(scene.reasons().at(-1)).toBe('none');
});

const NOT_TRUSTED = 'The sign-in could not be verified';
const b64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);

describe('an id_token', () => {
  const bad: [what: string, reason: string, idToken: (made: Made) => Promise<string> | string][] = [
    ['for another client', 'id-token-wrong-audience', ({ sign, claims }) => sign({ ...claims, aud: 'someone-else' })],
    ['of another issuer', 'id-token-wrong-issuer', ({ sign, claims }) => sign({ ...claims, iss: 'https://evil.example' })], // prettier-ignore
    ['that has expired', 'id-token-expired', ({ sign, claims }) => sign({ ...claims, exp: now() - 3600 })],
    ['that never expires', 'id-token-malformed', ({ sign, claims: { exp: _, ...rest } }) => sign(rest)],
    ['that is not good yet', 'id-token-not-yet', ({ sign, claims }) => sign({ ...claims, nbf: now() + 3600 })],
    ['of another login', 'wrong-nonce', ({ sign, claims }) => sign({ ...claims, nonce: 'of-another-login' })],
    ['without a nonce', 'wrong-nonce', ({ sign, claims: { nonce: _, ...rest } }) => sign(rest)],
    ['without a subject', 'id-token-malformed', ({ sign, claims: { sub: _, ...rest } }) => sign(rest)],
    ['signed with another key', 'id-token-bad-signature', ({ sign, claims, otherKey }) => sign(claims, otherKey)],
    ['of a key that nobody has', 'id-token-unknown-key', ({ sign, claims, otherKey }) => sign(claims, otherKey, { alg: 'RS256', kid: 'x' })], // prettier-ignore
    ['that is not signed', 'id-token-wrong-algorithm', ({ claims }) => `${b64({ alg: 'none' })}.${b64(claims)}.`],
    [
      'signed with the public key as a password',
      'id-token-wrong-algorithm',
      ({ claims }) => {
        const text = `${b64({ alg: 'HS256', kid: 'good' })}.${b64(claims)}`;
        return `${text}.${createHmac('sha256', 'the public key').update(text).digest('base64url')}`;
      },
    ],
    [
      'that was changed on the way',
      'id-token-bad-signature',
      async ({ sign, claims }) => {
        const [header, , signature] = (await sign(claims)).split('.');
        return `${header}.${b64({ ...claims, sub: 'admin', email: 'admin@example.org' })}.${signature}`;
      },
    ],
    ['for several, of whom another was meant', 'id-token-refused', ({ sign, claims }) => sign({ ...claims, aud: [String(claims['aud']), 'x'], azp: 'x' })], // prettier-ignore
    ['that is none', 'id-token-malformed', () => 'nonsense'],
  ];

  it.each(bad)('%s is refused: %s', async (_, reason, idToken) => {
    provider.behaviour.idToken = idToken;
    const { reason: logged, title, status } = await attempt();
    expect(logged).toBe(reason);
    expect(title).toBe(reason === 'id-token-expired' ? 'Please sign in again' : NOT_TRUSTED);
    expect(status).toBe(400);
  });

  it('that is missing is refused', async () => {
    provider.behaviour.idToken = () => undefined;
    expect(await attempt()).toMatchObject({ reason: 'no-id-token', title: 'Single sign-on is not set up correctly' });
  });

  it('of a clock that differs by half a minute is good', async () => {
    provider.behaviour.idToken = ({ sign, claims }) => sign({ ...claims, exp: now() - 30, iat: now() - 330 });
    expect(cameBack(await signIn())).toBe(true);
    provider.behaviour.idToken = ({ sign, claims }) => sign({ ...claims, nbf: now() + 30, iat: now() + 30 });
    expect(cameBack(await signIn())).toBe(true);
  });
});

describe('the way back', () => {
  const answers: [what: string, reason: string, answer: NonNullable<Behaviour['answer']>, title?: string][] = [
    ['from another provider', 'wrong-issuer', (good) => ({ ...good, iss: 'https://evil.example' }), NOT_TRUSTED],
    ['that hides where it is from', 'wrong-issuer', ({ iss: _, ...rest }) => rest, NOT_TRUSTED],
    ['with a state that was made up', 'state-unknown', (good) => ({ ...good, state: 'made-up' })],
    ['without a state', 'state-unknown', ({ state: _, ...rest }) => rest],
    ['without a code', 'no-code', ({ code: _, ...rest }) => rest],
    ['with a made-up code', 'code-refused', (good) => ({ ...good, code: 'guessed' })],
    ['with an error', 'provider-error', ({ code: _, ...rest }) => ({ ...rest, error: 'server_error', error_description: '<b>boom</b>' }), 'The identity provider cannot be reached'], // prettier-ignore
    ['of somebody who said no', 'declined', ({ code: _, ...rest }) => ({ ...rest, error: 'access_denied' }), 'You were not signed in'], // prettier-ignore
  ];

  it.each(answers)('%s is refused: %s', async (_, reason, answer, title = 'Please sign in again') => {
    provider.behaviour.answer = answer;
    const { page, ...outcome } = await attempt();
    expect(outcome).toMatchObject({ reason, title });
    expect(page.text).not.toMatch(/boom|evil|made-up|guessed/);
  });

  it('is good once', async () => {
    const who = browser();
    const { url } = await who.visit(scene.start(), atCallback());
    const cookies = who.cookieHeader(scene.callback);
    expect(cameBack(await who.visit(url, back()))).toBe(true);
    const thief = browser();
    for (const pair of cookies.split('; ')) thief.plant(scene.server.url, pair.split('=')[0]!, pair.split('=')[1]!);
    expect(await attempt(thief, () => thief.visit(url, back()))).toMatchObject({ reason: 'replayed' });
    const fresh = browser();
    expect(await attempt(fresh, () => fresh.visit(url, back()))).toMatchObject({ reason: 'state-unknown' });
  });

  it('is good once even if it comes many times at the same moment', async () => {
    const who = browser();
    const { url } = await who.visit(scene.start(), atCallback());
    const cookie = who.cookieHeader(scene.callback);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => fetch(url, { redirect: 'manual', headers: { cookie, accept: 'text/html' } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([302, ...Array<number>(7).fill(400)]);
  });

  it('is good for the browser that began only: a link with an attacker’s code signs nobody in (login CSRF)', async () => {
    const attacker = browser();
    const { url } = await attacker.visit(scene.start(), atCallback());
    const victim = browser();
    await victim.visit(scene.start(), atProvider());
    expect(await attempt(victim, () => victim.visit(url, back()))).toMatchObject({ reason: 'state-unknown' });
  });

  it('takes no code of another login (code injection): the verifier does not fit', async () => {
    const victim = browser();
    const stolen = new URL((await victim.visit(scene.start(), atCallback())).url).searchParams.get('code')!;
    const attacker = browser();
    const mine = new URL((await attacker.visit(scene.start(), atCallback())).url);
    mine.searchParams.set('code', stolen);
    // This provider does not look at the verifier; the nonce alone gives it away.
    expect(await attempt(attacker, () => attacker.visit(mine.href, back()))).toMatchObject({ reason: 'wrong-nonce' });
    const verifiers = provider.exchanged.map((form) => form.get('code_verifier'));
    expect(verifiers.every((verifier) => /^[\w-]{43}$/.test(verifier ?? ''))).toBe(true);
    expect(new Set(verifiers.slice(-2)).size).toBe(2);
  });

  it('is over after ten minutes', async () => {
    const who = browser();
    const { url } = await who.visit(scene.start(), atCallback());
    scene.server.advance(10 * 60_000 + 1000);
    expect(await attempt(who, () => who.visit(url, back()))).toMatchObject({ reason: 'state-expired' });
    scene.server.advance(-(10 * 60_000 + 1000));
  });

  it('counts no more if the portal changed its provider meanwhile', async () => {
    const who = browser();
    const { url } = await who.visit(scene.start(), atCallback());
    await scene.trust(provider);
    expect(await attempt(who, () => who.visit(url, back()))).toMatchObject({ reason: 'provider-changed' });
  });

  it('takes no login of another portal', async () => {
    const { services } = scene.server;
    const urls = { redirectUri: scene.callback, returnTo: `${scene.server.url}/login` };
    const login = services.logins.start({ portalId: 'another', providerId: 'p', issuer: provider.issuer, ...urls });
    const who = browser();
    who.plant(scene.server.url, services.logins.cookieName(login.state), services.logins.seal(login));
    const url = `${scene.callback}?code=x&state=${login.state}&iss=${encodeURIComponent(provider.issuer)}`;
    expect(await attempt(who, () => who.visit(url, back()))).toMatchObject({ reason: 'state-unknown' });
  });

  it('takes no login under the name of another', async () => {
    const who = browser();
    const mine = await who.visit(scene.start(), atCallback());
    const [, sealed] = who.cookieHeader(scene.callback).split('=') as [string, string];
    const url = new URL(mine.url);
    url.searchParams.set('state', 'of-another-login');
    who.plant(scene.server.url, scene.server.services.logins.cookieName('of-another-login'), sealed);
    expect(await attempt(who, () => who.visit(url.href, back()))).toMatchObject({ reason: 'state-unknown' });
  });

  it('takes no login that was sealed by somebody else, and none that was altered', async () => {
    const who = browser();
    const { url } = await who.visit(scene.start(), atCallback());
    const [name] = who.cookies(scene.server.url);
    for (const value of ['bm9uc2Vuc2U', `${who.cookieHeader(scene.callback).split('=')[1]!.slice(0, -2)}AA`]) {
      who.plant(scene.server.url, name!, value);
      expect(await attempt(who, () => who.visit(url, back()))).toMatchObject({ reason: 'state-unknown' });
    }
  });
});

describe('userinfo', () => {
  it.each<[string, string, NonNullable<Behaviour['userinfo']>]>([
    ['of somebody else', 'subject-mismatch', (claims) => ({ status: 200, body: JSON.stringify({ ...claims, sub: 'u-2' }) })], // prettier-ignore
    ['of nobody', 'subject-mismatch', () => ({ status: 200, body: '{}' })],
    ['that is no JSON', 'userinfo-unusable', () => ({ status: 200, body: '<html>' })],
    ['that is a list', 'userinfo-unusable', () => ({ status: 200, body: '[]' })],
    ['that is refused', 'userinfo-unusable', () => ({ status: 403, body: '{}' })],
    ['that fails', 'provider-unavailable', () => ({ status: 500, body: '{}' })],
    ['without end', 'provider-unavailable', () => ({ status: 200, body: `{"a":"${'a'.repeat(300_000)}"}` })],
  ])('%s is refused: %s', async (_, reason, userinfo) => {
    provider.behaviour.userinfo = userinfo;
    expect(await attempt()).toMatchObject({ reason });
  });

  it('cannot replace the proven address by another one', async () => {
    provider.behaviour.idToken = ({ sign, claims: { email: _, email_verified: __, ...rest } }) =>
      sign({ ...rest, sub: 'u-9', email: 'real@example.org', email_verified: false });
    provider.behaviour.userinfo = () => ({
      status: 200,
      body: JSON.stringify({ sub: 'u-9', email: 'other@example.org', email_verified: true }),
    });
    expect(cameBack(await signIn())).toBe(true);
    const { body } = await scene.admin('GET', `/v2/portals/${scene.portal}/developers?filter[email]=real@example.org`);
    const [{ id }] = (body as unknown as { data: [{ id: string }] }).data;
    const { state } = await scene.server.services.cache.load<{ email_confirmed: boolean }>('developer', id);
    expect(state.email_confirmed).toBe(false);
  });
});

describe('the token endpoint', () => {
  it.each<[string, string, number, unknown, string]>([
    ['that does not know the client', 'client-refused', 401, { error: 'invalid_client' }, 'Single sign-on is not set up correctly'], // prettier-ignore
    ['that refuses the code', 'code-refused', 400, { error: 'invalid_grant', error_description: 'used twice' }, 'Please sign in again'], // prettier-ignore
    ['that fails', 'provider-unavailable', 503, {}, 'The identity provider cannot be reached'],
  ])('%s ends the sign-in: %s', async (_, reason, status, body, title) => {
    provider.behaviour.token = () => ({ status, body });
    const { page, ...outcome } = await attempt();
    expect(outcome).toMatchObject({ reason, title });
    expect(page.text).not.toContain('used twice');
  });
});

it('counts every outcome by its reason', async () => {
  const response = await fetch(`${scene.server.url}/metrics`, { headers: { authorization: `Bearer ${scene.server.adminToken}` } }); // prettier-ignore
  const text = await response.text();
  for (const line of [
    'step="finish",outcome="succeeded",reason="none"',
    'step="finish",outcome="failed",reason="wrong-nonce"',
  ])
    // prettier-ignore
    expect(text).toContain(`gatehouse_sign_ons_total{${line}}`);
});

it('writes neither codes, tokens, states, secrets nor people to the log', () => {
  const log = scene.server.logLines.join('\n');
  expect(log).not.toMatch(/code-\d|an access token|canary-hostile|vic@example|eyJ|portalsso_|u-1\b/);
});
