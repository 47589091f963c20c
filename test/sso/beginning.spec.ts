import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { attemptOf, browser, ssoScene, type SsoScene } from './scene.js';
import type { Browser, Page } from '../support/browser.js';
import { startHostileProvider, type HostileProvider } from '../support/hostile-provider.js';

let scene: SsoScene;
let provider: HostileProvider;
const back = () => ({ stopAt: (url: URL) => url.origin === scene.server.url && url.pathname === '/login' });
const atProvider = () => ({ stopAt: (url: URL) => url.origin === provider.issuer });
const signIn = (who: Browser) => who.visit(scene.start(), back());
const attempt = (who: Browser = browser(), go: (who: Browser) => Promise<Page> = signIn) => attemptOf(scene, who, go);

beforeAll(async () => {
  scene = await ssoScene();
  provider = await startHostileProvider();
  await scene.trust(provider);
});
afterAll(async () => {
  await provider?.stop();
  await scene?.server.stop();
});

describe('a provider that cannot be used', () => {
  const trusting = async (issuer: string, more = {}) =>
    scene.trust({ issuer, clientId: provider.clientId, clientSecret: provider.clientSecret }, more);
  afterEach(() => scene.trust(provider));

  it('because it is down is a page that says so, and not a way to wait for ever', async () => {
    await trusting('http://127.0.0.1:1');
    const { page, ...outcome } = await attempt();
    expect(outcome).toMatchObject({ status: 503, reason: 'provider-unavailable' });
    expect(page.headers.get('retry-after')).toBe('60');
  });

  it('because its metadata are of another issuer is not believed', async () => {
    await trusting(`${provider.issuer}/`);
    expect(await attempt()).toMatchObject({ reason: 'provider-unavailable' });
  });

  it('because it is in a network that is not to be reached is not called', async () => {
    let calls = 0;
    const inside = createServer((_request, response) => void response.end(String(++calls)));
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.2', resolve));
    await trusting(`http://127.0.0.2:${(inside.address() as AddressInfo).port}`);
    expect(await attempt()).toMatchObject({ reason: 'provider-unavailable' });
    expect(calls).toBe(0);
    inside.close();
  });
});

describe('returnTo', () => {
  it.each([
    'https://evil.example/login',
    '//evil.example/login',
    '/\\evil.example',
    'https:evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'http://127.0.0.1@evil.example/',
    'http://user:pass@127.0.0.1/',
    'https://127.0.0.1.evil.example/login',
    'http://\t//evil.example',
    'ftp://127.0.0.1/',
    'http://[bad',
  ])('%s leads nowhere', async (returnTo) => {
    const { page, ...outcome } = await attempt(browser(), (who) => who.visit(scene.start(returnTo)));
    expect(outcome).toMatchObject({ status: 400, reason: 'return-to', title: 'The link that led here is not good' });
    expect(page.text).not.toMatch(/evil|alert/);
  });

  it.each(['/login', '/login?to=%2F', 'http://sso.localhost:5173/login', 'http://localhost/login'])(
    '%s is a place of the portal',
    async (returnTo) => {
      const page = await browser().visit(scene.start(returnTo), atProvider());
      expect(new URL(page.url).origin).toBe(provider.issuer);
    },
  );

  it('may be left out', async () => {
    const page = await browser().visit(scene.start().split('?')[0]!, back());
    expect(page.url).toBe(`${scene.server.url}/login?loginSuccess=true`);
  });
});

describe('a caller that is no browser', () => {
  const ask = async (path: string, accept = 'application/json') => {
    const response = await fetch(scene.server.url + path, { redirect: 'manual', headers: { accept } });
    return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
  };

  it('gets a problem with the same reason', async () => {
    const answer = await ask('/api/v2/developer/authenticate/sso?returnTo=https://evil.example');
    expect(answer).toMatchObject({ status: 400, type: expect.stringContaining('application/problem+json') });
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'sso_return_to',
      invalid_parameters: [{ field: 'authenticate/sso' }],
    });
  });
});

it('counts what did not even begin', async () => {
  const headers = { authorization: `Bearer ${scene.server.adminToken}` };
  const text = await (await fetch(`${scene.server.url}/metrics`, { headers })).text();
  expect(text).toMatch(/gatehouse_sign_ons_total\{step="begin",outcome="failed",reason="return-to"\} \d+/);
});
