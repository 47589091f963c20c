import { redirectUriOf, returnToOf, signedInAt } from './return-to.js';
import { portal as portals, type PortalState } from '#domain/portal/state.js';

const portal = (domains: Partial<PortalState> = {}): PortalState => ({
  ...portals.initialState,
  exists: true,
  default_domain: 'acme.localhost',
  ...domains,
});
const own = { custom_domain: 'api.example.org', custom_client_domain: 'developer.example.org' };
const request = { protocol: 'https' as const, host: 'api.example.org' };

describe('returnTo', () => {
  it.each([
    ['https://developer.example.org/login', true],
    ['https://api.example.org/x', true],
    ['/login', true],
    ['https://DEVELOPER.example.org/login', true],
    ['http://developer.example.org/login', false],
    ['https://example.org/login', false],
    ['https://developer.example.org.evil.example/', false],
    ['https://developer.example.org@evil.example/', false],
    ['//evil.example', false],
    ['/\\evil.example', false],
    ['http://localhost/login', false],
    ['javascript:alert(1)', false],
  ])('%s: %s', (text, good) => {
    expect(returnToOf(text, request, portal(own), undefined) !== undefined).toBe(good);
  });

  it('is the page to sign in at, of the client, if nothing is said', () => {
    expect(returnToOf(undefined, request, portal(own), undefined)?.href).toBe('https://developer.example.org/login');
    const local = { protocol: 'http' as const, host: 'acme.localhost:3000' };
    expect(returnToOf(undefined, local, portal(), undefined)?.href).toBe('http://acme.localhost:3000/login');
  });

  it('may be where the installation says that its portals are', () => {
    const at = 'https://portal.example.net/login';
    expect(returnToOf(at, request, portal(), undefined)).toBeUndefined();
    expect(returnToOf(at, request, portal(), 'https://portal.example.net')?.href).toBe(at);
  });
});

describe('the redirect URI', () => {
  const path = '/api/v2/developer/authenticate/oidc-callback';

  it('is at the host that was called', () => {
    expect(redirectUriOf(request, new URL('https://developer.example.org/login'))).toBe(
      `https://api.example.org${path}`,
    );
    const local = { protocol: 'http' as const, host: 'acme.localhost:3000' };
    expect(redirectUriOf(local, new URL('http://acme.localhost:8080/login'))).toBe(`http://acme.localhost:3000${path}`);
  });

  it('has the port and the scheme that a proxy did not hand on', () => {
    const behind = { protocol: 'http' as const, host: 'acme.localhost' };
    expect(redirectUriOf(behind, new URL('http://acme.localhost:8080/login'))).toBe(
      `http://acme.localhost:8080${path}`,
    );
  });
});

it('comes back with a success, once, beside what was there', () => {
  expect(signedInAt('https://a.example/login?to=%2Fx&loginSuccess=no#top')).toBe('https://a.example/login?to=%2Fx&loginSuccess=true#top'); // prettier-ignore
});
