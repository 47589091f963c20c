import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { createIssuers, type Issuers } from './issuers.js';
import { startTestIssuer, type TestIssuer } from './testing.js';
import { peekClaims, verifyJwt, type JwtExpectations } from './verify.js';
import { createOutbound, type Outbound } from '#outbound/outbound.js';

const AUDIENCE = 'https://gatehouse.example';

describe('verifying tokens', () => {
  let provider: TestIssuer;
  let other: TestIssuer;
  let outbound: Outbound;
  let issuers: Issuers;
  const clock = { now: Date.now() };
  const now = () => clock.now;

  beforeAll(async () => {
    provider = await startTestIssuer({ now });
    other = await startTestIssuer({ now });
  });
  afterAll(async () => {
    await provider.close();
    await other.close();
  });
  beforeEach(() => {
    outbound = createOutbound({ allowPrivate: ['127.0.0.1'] });
    issuers = createIssuers({ outbound, now });
  });
  afterEach(() => outbound.close());

  async function outcome(token: string, expected: Partial<JwtExpectations> = {}): Promise<string | JWTPayload> {
    const verdict = await verifyJwt(token, { issuers, issuer: provider.issuer, audience: AUDIENCE, now, ...expected });
    return verdict.ok ? verdict.claims : verdict.reason;
  }
  const seconds = () => Math.floor(clock.now / 1000);

  it('gives the claims of a good token', async () => {
    const token = await provider.sign({ sub: 'ada', aud: [AUDIENCE, 'else'] });
    expect(await outcome(token)).toMatchObject({ sub: 'ada', iss: provider.issuer });
    expect(await peekClaims(token)).toMatchObject({ sub: 'ada' });
  });

  it.each(['RS256', 'PS256', 'ES384', 'EdDSA'])('verifies %s', async (alg) => {
    const signer = await startTestIssuer({ now });
    await signer.rotate({ alg });
    expect(await outcome(await signer.sign({ aud: AUDIENCE }), { issuer: signer.issuer })).toMatchObject({
      aud: AUDIENCE,
    });
    await signer.close();
  });

  it('tries every key where the token names none', async () => {
    const signer = await startTestIssuer({ now });
    await signer.rotate();
    const token = await signer.sign({ aud: AUDIENCE }, { kid: undefined as unknown as string });
    expect(await outcome(token, { issuer: signer.issuer })).toMatchObject({ aud: AUDIENCE });
    await signer.rotate({ published: false });
    const foreign = await signer.sign({ aud: AUDIENCE }, { kid: undefined as unknown as string });
    expect(await outcome(foreign, { issuer: signer.issuer })).toBe('bad-signature');
    await signer.close();
  });

  it.each([
    ['another audience', { aud: 'https://else.example' }, 'wrong-audience'],
    ['no audience', {}, 'wrong-audience'],
    ['another issuer', { aud: AUDIENCE, iss: 'https://else.example' }, 'wrong-issuer'],
    ['no issuer', { aud: AUDIENCE, iss: undefined }, 'wrong-issuer'],
    ['no expiry', { aud: AUDIENCE, exp: undefined }, 'malformed'],
    ['an expiry that is no number', { aud: AUDIENCE, exp: 'soon' as unknown as number }, 'malformed'],
  ])('refuses a token with %s', async (_name, claims, reason) => {
    expect(await outcome(await provider.sign(claims as JWTPayload))).toBe(reason);
  });

  it('refuses expired and early tokens beyond the tolerance of clocks', async () => {
    const signed = (claims: JWTPayload) => provider.sign({ aud: AUDIENCE, ...claims });
    expect(await outcome(await signed({ exp: seconds() - 29 }))).toMatchObject({ aud: AUDIENCE });
    expect(await outcome(await signed({ exp: seconds() - 31 }))).toBe('expired');
    expect(await outcome(await signed({ nbf: seconds() + 29 }))).toMatchObject({ aud: AUDIENCE });
    expect(await outcome(await signed({ nbf: seconds() + 32 }))).toBe('not-yet');
    expect(await outcome(await signed({ exp: seconds() - 1 }), { clockToleranceS: 0 })).toBe('expired');
  });

  it('refuses unsigned tokens', async () => {
    const unsigned = new UnsecuredJWT({ iss: provider.issuer, aud: AUDIENCE, exp: seconds() + 60 }).encode();
    expect(await outcome(unsigned)).toBe('wrong-algorithm');
    // The header alone changed: a library that believed it would skip the signature.
    const [, claims] = (await provider.sign({ aud: AUDIENCE })).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    expect(await outcome(`${header}.${claims}.`)).toBe('wrong-algorithm');
  });

  it('refuses HMAC with the public key as its secret', async () => {
    const jwk = provider.keys[0]!;
    const pem = await exportSPKI((await importJWK(jwk, 'ES256', { extractable: true })) as CryptoKey);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'HS256', kid: jwk['kid'] })}.${part({ iss: provider.issuer, aud: AUDIENCE, exp: seconds() + 60 })}`;
    const forged = `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`;
    expect(await outcome(forged)).toBe('wrong-algorithm');
    expect(await outcome(forged, { algorithms: ['HS256'] })).toBe('wrong-algorithm');
  });

  it('refuses a symmetric key that the provider published by mistake', async () => {
    const signer = await startTestIssuer({ now });
    const secret = Buffer.alloc(32, 7);
    signer.keys.push({ kty: 'oct', k: secret.toString('base64url'), kid: 'shared', alg: 'HS256' });
    const token = await new SignJWT({ iss: signer.issuer, exp: seconds() + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: 'shared' })
      .sign(secret);
    const verdict = await verifyJwt(token, { issuers, issuer: signer.issuer, algorithms: ['HS256'], now });
    expect(verdict.ok).toBe(false);
    await signer.close();
  });

  it('refuses a tampered token, and one of another key under a known id', async () => {
    const token = await provider.sign({ aud: AUDIENCE, sub: 'ada' });
    const [header, , signature] = token.split('.');
    const claims = { ...(await peekClaims(token)), sub: 'root' };
    const tampered = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
    expect(await outcome(tampered)).toBe('bad-signature');
    const kid = provider.keys[0]!['kid'] as string;
    const foreign = await other.sign({ iss: provider.issuer, aud: AUDIENCE }, { kid });
    expect(await outcome(foreign)).toBe('bad-signature');
  });

  it('refuses a key that the token brings along', async () => {
    const jwk = other.keys[0]!;
    const token = await other.sign({ iss: provider.issuer, aud: AUDIENCE }, {
      jwk,
      jku: `${other.issuer}/jwks`,
    } as never);
    expect(await outcome(token)).toBe('unknown-key');
    expect(other.asked).not.toContain('/jwks');
  });

  it('asks for the type of token where one is expected (RFC 9068)', async () => {
    const idToken = await provider.sign({ aud: AUDIENCE }, { typ: 'JWT' });
    expect(await outcome(idToken, { typ: 'at+jwt' })).toBe('wrong-type');
    expect(await outcome(await provider.sign({ aud: AUDIENCE }), { typ: 'at+jwt' })).toBe('wrong-type');
    const access = await provider.sign({ aud: AUDIENCE }, { typ: 'application/at+jwt' });
    expect(await outcome(access, { typ: 'at+jwt' })).toMatchObject({ aud: AUDIENCE });
  });

  it.each(['', 'x', 'a.b.c', 'a.b.c.d.e', '..', `${'a'.repeat(9000)}.b.c`])('refuses %p as malformed', async (text) => {
    expect(await outcome(text)).toBe('malformed');
  });

  it('says so when the provider is unavailable', async () => {
    const gone = await startTestIssuer({ now });
    const token = await gone.sign({ aud: AUDIENCE });
    await gone.close();
    expect(await outcome(token, { issuer: gone.issuer })).toBe('provider-unavailable');
  });
});
