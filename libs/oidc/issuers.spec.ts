import { createIssuers, IssuerUnavailable, type Issuers } from './issuers.js';
import { readMetadata, wellKnownUrls } from './metadata.js';
import { startTestIssuer, type TestIssuer } from './testing.js';
import { verifyJwt } from './verify.js';
import { createOutbound, type Outbound } from '#outbound/outbound.js';

const MINUTE = 60_000;

describe('what is known of identity providers', () => {
  let provider: TestIssuer;
  let outbound: Outbound;
  let issuers: Issuers;
  const clock = { now: Date.now() };
  const now = () => clock.now;

  beforeEach(async () => {
    provider = await startTestIssuer({ path: '/realms/a', now });
    outbound = createOutbound({ allowPrivate: ['127.0.0.1'] });
    issuers = createIssuers({ outbound, now });
  });
  afterEach(async () => {
    await outbound.close();
    await provider.close();
  });

  const verify = async () => {
    const verdict = await verifyJwt(await provider.sign(), { issuers, issuer: provider.issuer, now });
    return verdict.ok ? 'good' : verdict.reason;
  };
  const fetched = (path: string) => provider.asked.filter((asked) => asked.endsWith(path)).length;

  it('discovers once for many, and again after an hour', async () => {
    const found = await Promise.all([1, 2, 3].map(() => issuers.discover(provider.issuer)));
    expect(found[0]).toMatchObject({ issuer: provider.issuer });
    expect(fetched('openid-configuration')).toBe(1);
    clock.now += 59 * MINUTE;
    await issuers.discover(provider.issuer);
    expect(fetched('openid-configuration')).toBe(1);
    clock.now += 2 * MINUTE;
    await issuers.discover(provider.issuer);
    expect(fetched('openid-configuration')).toBe(2);
  });

  it('refuses metadata of another issuer', async () => {
    provider.publish({ issuer: 'https://else.example' });
    await expect(issuers.discover(provider.issuer)).rejects.toThrow(IssuerUnavailable);
    await expect(issuers.discover(`${provider.issuer}/`)).rejects.toThrow(IssuerUnavailable);
  });

  it('fetches the keys once, and at once when the provider signs with a new one', async () => {
    expect(await Promise.all([verify(), verify(), verify()])).toEqual(['good', 'good', 'good']);
    expect(fetched('/jwks')).toBe(1);
    clock.now += MINUTE;
    await provider.rotate();
    expect(await verify()).toBe('good');
    expect(fetched('/jwks')).toBe(2);
  });

  it('fetches no more than every 30 seconds under a flood of unknown key ids', async () => {
    await verify();
    clock.now += MINUTE;
    for (let n = 0; n < 50; n += 1) {
      const token = await provider.sign({}, { kid: `made-up-${n}` });
      expect(await verifyJwt(token, { issuers, issuer: provider.issuer, now })).toMatchObject({
        reason: 'unknown-key',
      });
    }
    expect(fetched('/jwks')).toBe(2);
    clock.now += 31_000;
    const token = await provider.sign({}, { kid: 'one-more' });
    await verifyJwt(token, { issuers, issuer: provider.issuer, now });
    expect(fetched('/jwks')).toBe(3);
    expect(await verify()).toBe('good');
  });

  it('drops a key that the provider withdrew within ten minutes', async () => {
    const token = await provider.sign();
    await verify();
    provider.keys.splice(0);
    await provider.rotate();
    clock.now += 11 * MINUTE;
    expect(await verifyJwt(token, { issuers, issuer: provider.issuer, now })).toMatchObject({ reason: 'unknown-key' });
  });

  it('verifies with the last good keys for an hour while the provider is down, and not longer', async () => {
    expect(await verify()).toBe('good');
    provider.fail(503);
    clock.now += 69 * MINUTE;
    expect(await verify()).toBe('good');
    clock.now += 2 * MINUTE;
    expect(await verify()).toBe('provider-unavailable');
    provider.fail(undefined);
    clock.now += 6000;
    expect(await verify()).toBe('good');
  });

  it('does not hammer a provider that is down', async () => {
    provider.fail(500);
    for (let n = 0; n < 20; n += 1) expect(await verify()).toBe('provider-unavailable');
    expect(fetched('openid-configuration')).toBe(1);
  });

  it('takes a broken set for an outage', async () => {
    expect(await verify()).toBe('good');
    provider.keys.push({ kty: 'oct' }, 'nonsense' as never);
    clock.now += 11 * MINUTE;
    expect(await verify()).toBe('good');
  });
});

describe('metadata', () => {
  const ISSUER = 'https://idp.example/a';
  const base = { issuer: ISSUER, jwks_uri: 'https://idp.example/jwks' };

  it('is looked for where OpenID Connect and RFC 8414 say', () => {
    expect(wellKnownUrls(ISSUER)).toEqual([
      'https://idp.example/a/.well-known/openid-configuration',
      'https://idp.example/.well-known/oauth-authorization-server/a',
    ]);
    expect(() => wellKnownUrls('https://idp.example/?a=1')).toThrow(IssuerUnavailable);
  });

  it('keeps what is used', () => {
    const value = { ...base, token_endpoint: 'https://idp.example/token', scopes_supported: ['openid', 1], else: 1 };
    expect(readMetadata(value, ISSUER)).toEqual({
      ...base,
      token_endpoint: 'https://idp.example/token',
      scopes_supported: ['openid'],
    });
  });

  it.each([
    [{ jwks_uri: undefined }, 'jwks_uri is missing'],
    [{ jwks_uri: 'http://idp.example/jwks' }, 'jwks_uri is not https'],
    [{ token_endpoint: 'file:///etc/passwd' }, 'token_endpoint is not an address'],
    [{ issuer: 'https://idp.example/b' }, 'issuer is not the issuer'],
  ])('refuses %j', (change, message) => {
    expect(() => readMetadata({ ...base, ...change }, ISSUER)).toThrow(message);
  });
});
