import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { testClient } from '../support/client.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { startTestIssuer, type TestIssuer } from '#oidc/testing.js';

/** Administrators and services with access tokens of their organisation's provider (RFC 9068), and those who forge them. */
const AUDIENCE = 'https://gatehouse.example';
let provider: TestIssuer;
let other: TestIssuer;
let server: TestServer;
let ahead = 0;

beforeAll(async () => {
  const now = () => Date.now() + ahead;
  provider = await startTestIssuer({ path: '/realms/staff', now });
  other = await startTestIssuer({ now });
  server = await startTestServer({
    GATEHOUSE_OUTBOUND_PRIVATE: '127.0.0.1',
    GATEHOUSE_ADMIN_ISSUER: provider.issuer,
    GATEHOUSE_ADMIN_AUDIENCE: AUDIENCE,
    GATEHOUSE_ADMIN_ROLE_CLAIM: 'realm_access.roles',
    GATEHOUSE_ADMIN_ROLES: 'portal-admins=admin,portal-owners=approver,auditors=auditor,pipelines=integration',
  });
});
afterAll(async () => {
  await server.stop();
  await provider.close();
  await other.close();
});

const claims = (role: string, changes: JWTPayload = {}): JWTPayload => ({
  sub: '7f1c-eve',
  client_id: 'back-office',
  aud: AUDIENCE,
  realm_access: { roles: ['offline_access', role] },
  ...changes,
});
const sign = (payload = claims('portal-admins'), header: Record<string, string> = {}, by = provider) =>
  by.sign(payload, { typ: 'at+jwt', ...header });

const ask = async (token: string, path = '/v2/portals') => {
  const { status, body } = await testClient(server.url, token).get(path);
  return { status, code: body['code'] };
};
const refusedAs = (): unknown =>
  server.logLines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ denied }) => denied !== undefined)
    .at(-1)?.['denied'];

describe('a good token', () => {
  it('does what its role may', async () => {
    expect((await ask(await sign())).status).toBe(200);
    expect((await ask(await sign(claims('auditors')), '/audit/events')).status).toBe(200);
    expect(await ask(await sign(claims('auditors')))).toEqual({ status: 403, code: 'not_permitted' });
    expect(await ask(await sign(claims('visitors')))).toEqual({ status: 403, code: 'not_permitted' });
  });

  it('with several roles does what any of them may', async () => {
    const token = await sign(claims('', { realm_access: { roles: ['auditors', 'pipelines'] } }));
    expect((await ask(token, '/audit/events')).status).toBe(200);
    expect((await ask(token, '/commands')).status).toBe(200);
    expect((await ask(token)).status).toBe(403);
  });

  it('is in the audit by its subject', async () => {
    const admin = testClient(server.url, await sign());
    const sent = await admin.command('CreatePortal', { name: 'By Eve' });
    const [first] = await server.services.store.readStream(sent.stream);
    expect(first?.metadata).toMatchObject({ actor_kind: 'admin', actor_id: '7f1c-eve' });
    const approver = testClient(server.url, await sign(claims('portal-owners', { sub: 'bob' })));
    const person = { portal_id: sent.result.id, email: 'ada@example.org', full_name: 'Ada' };
    const { result } = await admin.command('RegisterDeveloper', person);
    const { stream } = await approver.command('ApproveDeveloper', { developer_id: result.id });
    const events = await server.services.store.readStream(stream);
    expect(events.at(-1)?.metadata).toMatchObject({ actor_kind: 'approver', actor_id: 'bob' });
    expect((await approver.send('POST', '/commands/CreatePortal', { body: { name: 'x' } })).status).toBe(403);
  });

  it('works beside the tokens of Gatehouse itself', async () => {
    expect((await ask(server.adminToken)).status).toBe(200);
  });

  it('ends with its time, though it was seen before', async () => {
    const token = await sign(claims('portal-admins', { exp: Math.floor(Date.now() / 1000) + 20 }));
    expect((await ask(token)).status).toBe(200);
    server.advance(60_000);
    ahead += 60_000;
    expect((await ask(token)).status).toBe(401);
  });
});

describe('a forged or foreign token', () => {
  const seconds = () => Math.floor((Date.now() + ahead) / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each<[string, string, () => Promise<string>]>([
    [
      'alg none',
      'token_wrong_algorithm',
      async () => new UnsecuredJWT({ ...claims('portal-admins'), iss: provider.issuer, exp: seconds() + 60 }).encode(),
    ],
    [
      'HS256 with the public key as secret',
      'token_wrong_algorithm',
      async () => {
        const jwk = provider.keys[0]!;
        const pem = await exportSPKI((await importJWK(jwk, 'ES256', { extractable: true })) as CryptoKey);
        const payload = { ...claims('portal-admins'), iss: provider.issuer, exp: seconds() + 60 };
        const text = `${part({ alg: 'HS256', typ: 'at+jwt', kid: jwk['kid'] })}.${part(payload)}`;
        return `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`;
      },
    ],
    ['an id token', 'token_wrong_type', () => sign(undefined, { typ: 'JWT' })],
    ['another audience', 'token_wrong_audience', () => sign(claims('portal-admins', { aud: 'else' }))],
    ['another issuer', 'token_wrong_issuer', () => sign(undefined, {}, other)],
    [
      'another key under a known id',
      'token_bad_signature',
      () =>
        sign({ ...claims('portal-admins'), iss: provider.issuer }, { kid: String(provider.keys[0]!['kid']) }, other),
    ],
    [
      'an unknown key',
      'token_unknown_key',
      () => sign({ ...claims('portal-admins'), iss: provider.issuer }, {}, other),
    ],
    ['its time over', 'token_expired', () => sign(claims('portal-admins', { exp: seconds() - 60 }))],
    ['its time to come', 'token_not_yet', () => sign(claims('portal-admins', { nbf: seconds() + 600 }))],
    ['no end', 'token_malformed', () => sign(claims('portal-admins', { exp: undefined }))],
    ['no subject', 'token_malformed', () => sign(claims('portal-admins', { sub: undefined }))],
    ['no client', 'token_malformed', () => sign(claims('portal-admins', { client_id: undefined }))],
    ['a subject with line breaks', 'token_malformed', () => sign(claims('portal-admins', { sub: 'a\nb' }))],
    [
      'a changed claim',
      'token_bad_signature',
      async () => {
        const [header, , signature] = (await sign(claims('visitors'))).split('.');
        const changed = { ...claims('portal-admins'), iss: provider.issuer, exp: seconds() + 3600 };
        return `${header}.${part(changed)}.${signature}`;
      },
    ],
  ])('%s', async (_, why, forge) => {
    expect(await ask(await forge())).toEqual({ status: 401, code: 'not_authenticated' });
    expect(refusedAs()).toBe(why);
  });

  it('cannot make this server ask the provider more than twice a minute', async () => {
    const fetched = () => provider.asked.filter((path) => path === '/jwks').length;
    const before = fetched();
    for (let n = 0; n < 40; n += 1)
      expect((await ask(await sign(undefined, { kid: `made-up-${n}` }))).status).toBe(401);
    expect(fetched() - before).toBeLessThanOrEqual(1);
    expect((await ask(await sign())).status).toBe(200);
  });

  it('is not in the log', async () => {
    const token = await sign(claims('visitors'));
    await ask(token);
    expect(server.logLines.join('')).not.toContain(token.split('.')[1]);
  });
});

it('says so when the provider is away, and lets the tokens of Gatehouse itself work on', async () => {
  server.advance(80 * 60_000);
  ahead += 80 * 60_000;
  provider.fail(503);
  expect(await ask(await sign())).toEqual({ status: 503, code: 'identity_provider_unavailable' });
  expect((await ask(server.adminToken)).status).toBe(200);
});
