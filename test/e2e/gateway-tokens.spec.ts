import { UnsecuredJWT, type JWTPayload } from 'jose';
import { testClient, type TestClient } from '../support/client.js';
import { approvedDeveloper, buildPortal, type TestPortal } from '../support/portal.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { startTestIssuer, type TestIssuer } from '#oidc/testing.js';

/** Calls with access tokens of identity providers: applications whose strategy is openid_connect. */
let server: TestServer;
let admin: TestClient;
let gateway: TestClient;
let portal: TestPortal;
let provider: TestIssuer;
let rogue: TestIssuer;
let strategyId: string;
let application: string;
let ahead = 0;
/** Of each application, its registration. */
const registrations = new Map<string, string>();

const CLIENT = 'client-of-ada';

beforeAll(async () => {
  const now = () => Date.now() + ahead;
  provider = await startTestIssuer({ path: '/realms/apis', now });
  rogue = await startTestIssuer({ now });
  server = await startTestServer({ GATEHOUSE_OUTBOUND_PRIVATE: '127.0.0.1' });
  admin = testClient(server.url, server.adminToken);
  gateway = testClient(server.url);
  portal = await buildPortal(admin);
  // A first check before anything is there: what comes later is known all the same.
  expect((await ask(await token())).status).toBe(401);
  strategyId = await strategy('idp');
  await publishWith(portal, [portal.strategyId, strategyId]);
  application = await client(portal, strategyId, CLIENT);
});
afterAll(async () => {
  await server.stop();
  await provider.close();
  await rogue.close();
});

const token = (claims: JWTPayload = {}, by = provider) => by.sign({ client_id: CLIENT, ...claims });

const strategy = async (name: string, config: object = {}): Promise<string> => {
  const openid = {
    issuer: provider.issuer,
    credential_claim: ['azp', 'client_id'],
    scopes: [],
    auth_methods: ['bearer'],
  };
  const { result } = await admin.command('CreateAuthStrategy', {
    name,
    display_name: name,
    strategy_type: 'openid_connect',
    configs: { 'openid-connect': { ...openid, ...config } },
  });
  return result.id;
};

const publishWith = (where: TestPortal, auth_strategy_ids: string[]) =>
  admin.command('PublishProductVersion', {
    product_id: where.productId,
    product_version_id: where.versionId,
    portal_id: where.portalId,
    auth_strategy_ids: [auth_strategy_ids.at(-1)],
    application_registration_enabled: true,
  });

/** An application with the reference id, whose access is approved. */
async function client(where: TestPortal, auth_strategy_id: string, reference_id: string): Promise<string> {
  const { result } = await admin.command('CreateApplication', {
    developer_id: where.developerId,
    name: `App ${registrations.size}`,
    auth_strategy_id,
    reference_id,
  });
  const request = { application_id: result.id, product_version_id: where.versionId };
  registrations.set(result.id, (await admin.command('RequestAccess', request)).result.id);
  await admin.command('ApproveApp', { application_id: result.id });
  return result.id;
}

async function ask(jwt: string, version = portal.versionId, headers: Record<string, string> = {}) {
  return gateway.get(`/gateway/check?product_version=${version}`, { authorization: `Bearer ${jwt}`, ...headers });
}
const reason = (): unknown =>
  server.logLines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ denied }) => denied !== undefined)
    .at(-1)?.['denied'];
async function refusal(jwt: string, version?: string): Promise<unknown> {
  const { status } = await ask(jwt, version);
  return [status, reason()];
}

describe('a call with a good token', () => {
  it('is told whose it is', async () => {
    const answer = await ask(await token());
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'gatehouse-application-id': application,
      'gatehouse-application-reference': CLIENT,
      'gatehouse-developer-id': portal.developerId,
      'gatehouse-product-version-id': portal.versionId,
    });
    expect(answer.headers.has('gatehouse-credential-id')).toBe(false);
  });

  it('may come by Envoy, with any method', async () => {
    const headers = { authorization: `bearer ${await token()}` };
    const answer = await gateway.send('POST', `/gateway/check/${portal.versionId}/pets`, { headers });
    expect(answer.status).toBe(200);
  });

  it('goes by the first credential claim that the token has', async () => {
    expect((await ask(await token({ azp: CLIENT, client_id: 'x' }))).status).toBe(200);
    expect(await refusal(await token({ azp: 'x', client_id: CLIENT }))).toEqual([401, 'unknown_application']);
    expect((await ask(await token({ azp: '', client_id: CLIENT }))).status).toBe(200);
    expect(await refusal(await token({ client_id: undefined }))).toEqual([401, 'token_no_client']);
    expect(await refusal(await token({ client_id: [CLIENT] }))).toEqual([401, 'token_no_client']);
  });

  it('survives that the issuer changes its keys', async () => {
    const old = await token();
    await provider.rotate();
    server.advance(31_000);
    ahead += 31_000;
    expect((await ask(await token())).status).toBe(200);
    expect((await ask(old)).status).toBe(200);
  });
});

describe('a call with a token that is not good', () => {
  it.each<[string, () => Promise<string>, string]>([
    ['an issuer that no strategy names', () => token({}, rogue), 'token_unknown_issuer'],
    ["another provider's key", () => token({ iss: provider.issuer }, rogue), 'token_unknown_key'],
    [
      "another provider's key under a known id",
      () => rogue.sign({ client_id: CLIENT, iss: provider.issuer }, { kid: String(provider.keys[0]!['kid']) }),
      'token_bad_signature',
    ],
    ['its time over', () => token({ exp: Math.floor((Date.now() + ahead) / 1000) - 60 }), 'token_expired'],
    ['its time to come', () => token({ nbf: Math.floor((Date.now() + ahead) / 1000) + 60 }), 'token_not_yet'],
    [
      'no signature',
      async () =>
        new UnsecuredJWT({
          client_id: CLIENT,
          iss: provider.issuer,
          exp: Math.floor(Date.now() / 1000) + 9999,
        }).encode(),
      'token_wrong_algorithm',
    ],
    ['no issuer', () => token({ iss: undefined }), 'token_malformed'],
  ])('%s', async (_, make, why) => {
    expect(await refusal(await make())).toEqual([401, why]);
  });

  it('asks nothing of an issuer that no strategy names', () => {
    expect(rogue.asked).toEqual([]);
  });

  it('gets the same answer as with a bad key', async () => {
    const shown = ({ body, headers }: Awaited<ReturnType<typeof ask>>) => {
      const { instance: _, ...rest } = body;
      return [rest, headers.get('www-authenticate')];
    };
    const bad = await ask(await token({}, rogue));
    const path = `/gateway/check?product_version=${portal.versionId}`;
    expect(shown(bad)).toEqual(shown(await gateway.get(path, { apikey: 'no key' })));
  });
});

describe('a good token without the right', () => {
  it('ends with the registration, the developer and the application, at once', async () => {
    const mine = await client(portal, strategyId, 'mortal');
    const jwt = await token({ client_id: 'mortal' });
    expect((await ask(jwt)).status).toBe(200);
    await admin.command('RevokeApp', { application_id: mine });
    expect(await refusal(jwt)).toEqual([403, 'registration_revoked']);
    const body = { application_id: mine, registration_ids: [registrations.get(mine)] };
    await admin.command('ApproveApp', body);
    expect((await ask(jwt)).status).toBe(200);
    await admin.command('RevokeDeveloper', { developer_id: portal.developerId });
    expect(await refusal(jwt)).toEqual([403, 'developer_not_approved']);
    await admin.command('ApproveDeveloper', { developer_id: portal.developerId });
    await admin.command('DeleteApplication', { application_id: mine });
    expect(await refusal(jwt)).toEqual([401, 'unknown_application']);
  });

  it('goes with the reference id to whom it belongs now', async () => {
    const first = await client(portal, strategyId, 'handed-on');
    const jwt = await token({ client_id: 'handed-on' });
    expect((await ask(jwt)).headers.get('gatehouse-application-id')).toBe(first);
    await admin.command('EditApplication', { application_id: first, reference_id: 'given-up' });
    expect(await refusal(jwt)).toEqual([401, 'unknown_application']);
    const second = await client(portal, strategyId, 'handed-on');
    expect((await ask(jwt)).headers.get('gatehouse-application-id')).toBe(second);
  });

  it('is no right to another version', async () => {
    const { result } = await admin.command('AddProductVersion', { product_id: portal.productId, name: 'v2' });
    expect(await refusal(await token(), result.id)).toEqual([403, 'no_registration']);
  });

  it('is none for an application of API keys with that reference id', async () => {
    await publishWith(portal, [portal.strategyId]);
    await client(portal, portal.strategyId, 'by-key');
    await publishWith(portal, [strategyId]);
    expect(await refusal(await token({ client_id: 'by-key' }))).toEqual([401, 'unknown_application']);
  });
});

describe('several strategies', () => {
  it('of one issuer each have their own audience', async () => {
    const strict = await strategy('strict', { audience_required: ['https://api.example', 'a b'] });
    await publishWith(portal, [strict]);
    await client(portal, strict, 'strict-client');
    const status = async (aud?: string | string[]) =>
      (await ask(await token({ client_id: 'strict-client', ...(aud === undefined ? {} : { aud }) }))).status;
    expect(await status('https://api.example')).toBe(200);
    expect(await status(['b', 'a'])).toBe(200);
    expect(await status(['a'])).toBe(401);
    expect(await status('https://else.example')).toBe(401);
    expect(await status()).toBe(401);
    // The others of the issuer ask for none.
    expect((await ask(await token({ aud: 'https://else.example' }))).status).toBe(200);
  });

  it('stop to count when they are edited to another issuer', async () => {
    const moving = await strategy('moving', { issuer: `${rogue.issuer}/` });
    await publishWith(portal, [moving]);
    await client(portal, moving, 'moving-client');
    const jwt = await token({ client_id: 'moving-client' });
    expect(await refusal(jwt)).toEqual([401, 'unknown_application']);
    expect((await ask(await token({ client_id: 'moving-client' }, rogue))).status).toBe(200);
    const configs = { 'openid-connect': { issuer: provider.issuer } };
    await admin.command('EditAuthStrategy', { auth_strategy_id: moving, configs });
    expect((await ask(jwt)).status).toBe(200);
    expect(await refusal(await token({ client_id: 'moving-client' }, rogue))).toEqual([401, 'token_unknown_issuer']);
  });

  it('of two portals with one reference id: whose application may, does', async () => {
    const { result } = await admin.command('CreatePortal', { name: 'second' });
    await admin.command('PublishProductVersion', {
      product_id: portal.productId,
      product_version_id: portal.versionId,
      portal_id: result.id,
      auth_strategy_ids: [strategyId],
      application_registration_enabled: true,
    });
    const developerId = await approvedDeveloper(admin, result.id, 'bob@example.com', 'Bob');
    const jwt = await token({ client_id: 'shared' });
    const second = await client({ ...portal, portalId: result.id, developerId }, strategyId, 'shared');
    expect((await ask(jwt)).headers.get('gatehouse-application-id')).toBe(second);
    await publishWith(portal, [strategyId]);
    const first = await client(portal, strategyId, 'shared');
    for (const [portal_id, own] of [
      [portal.portalId, first],
      [result.id, second],
    ] as const) {
      const body = { name: 'edge', role: 'gateway', portal_id };
      const issued = await admin.send<{ token: string }>('POST', '/tokens', { body });
      const answer = await ask(jwt, undefined, { 'gatehouse-token': issued.body.token });
      expect([answer.status, answer.headers.get('gatehouse-application-id')]).toEqual([200, own]);
    }
    await admin.command('RevokeApp', { application_id: second });
    expect((await ask(jwt)).headers.get('gatehouse-application-id')).toBe(first);
  });
});

it('takes a good key though the token beside it is none, and the other way round', async () => {
  const jwt = await token();
  expect((await ask(jwt, undefined, { apikey: `gh_${'0'.repeat(27)}_${'0'.repeat(27)}_000000` })).status).toBe(200);
});

it('counts what was decided, by reason', async () => {
  const { text } = await admin.get('/metrics');
  expect(text).toMatch(/gatehouse_gateway_checks_total\{outcome="denied",reason="token_expired"\} \d/);
  expect(text).not.toContain(CLIENT);
});

it('answers while the views stand still', async () => {
  await server.services.projections.pause();
  expect((await ask(await token())).status).toBe(200);
  await server.services.projections.resume();
});

it('works on while the issuer is down, and says so when that takes too long', async () => {
  provider.fail(503);
  server.advance(60 * 60_000);
  ahead += 60 * 60_000;
  expect((await ask(await token())).status).toBe(200);
  server.advance(20 * 60_000);
  ahead += 20 * 60_000;
  const answer = await ask(await token());
  expect([answer.status, answer.body['code'], reason()]).toEqual([503, 'undecided', 'token_provider_unavailable']);
  expect(answer.headers.get('retry-after')).toBe('5');
});
