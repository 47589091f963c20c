import { testClient, type TestClient } from '../support/client.js';
import { startOidcProvider, type TestProvider } from '../support/oidc-provider.js';
import { buildPortal, type TestPortal } from '../support/portal.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** The real oidc-provider issues access tokens: to an application of a developer, and to a service of the organisation. */
const API = 'https://api.example';
const GATEHOUSE = 'https://gatehouse.example';
const SECRET = 'a secret for tests only, of some length';
let provider: TestProvider;
let server: TestServer;
let admin: TestClient;
let portal: TestPortal;

beforeAll(async () => {
  const machine = (client_id: string) => ({
    client_id,
    client_secret: SECRET,
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
  });
  provider = await startOidcProvider({
    redirectUris: [],
    accounts: {},
    configuration: {
      clients: [machine('weather-app'), machine('pipeline')] as never,
      features: {
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: () => ({ scope: '', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }),
        },
      },
      extraTokenClaims: (_context, token) => ({ roles: 'aud' in token && token.aud === GATEHOUSE ? ['ci'] : [] }),
    },
  });
  server = await startTestServer({
    HOST: '0.0.0.0',
    GATEHOUSE_OUTBOUND_PRIVATE: '127.0.0.0/8',
    GATEHOUSE_ADMIN_ISSUER: provider.issuer,
    GATEHOUSE_ADMIN_AUDIENCE: GATEHOUSE,
    GATEHOUSE_ADMIN_ROLES: 'ci=integration,edge=gateway',
  });
  admin = testClient(server.url, server.adminToken);
  portal = await buildPortal(admin);
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});

async function accessToken(client: string, resource: string): Promise<string> {
  const basic = Buffer.from(`${client}:${encodeURIComponent(SECRET)}`).toString('base64');
  const response = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource }),
  });
  const body = (await response.json()) as { access_token: string };
  expect([response.status, body]).toEqual([200, expect.objectContaining({ token_type: 'Bearer' })]);
  return body.access_token;
}

it('lets an application through whose access is approved', async () => {
  const { result: strategy } = await admin.command('CreateAuthStrategy', {
    name: 'provider',
    display_name: 'Provider',
    strategy_type: 'openid_connect',
    configs: {
      'openid-connect': {
        issuer: provider.issuer,
        credential_claim: ['client_id'],
        scopes: [],
        auth_methods: ['bearer'],
        audience_required: [API],
      },
    },
  });
  await admin.command('PublishProductVersion', {
    product_id: portal.productId,
    product_version_id: portal.versionId,
    portal_id: portal.portalId,
    auth_strategy_ids: [strategy.id],
    application_registration_enabled: true,
  });
  const { result: application } = await admin.command('CreateApplication', {
    developer_id: portal.developerId,
    name: 'Weather',
    auth_strategy_id: strategy.id,
    reference_id: 'weather-app',
  });
  await admin.command('RequestAccess', { application_id: application.id, product_version_id: portal.versionId });
  const ask = async (resource: string) => {
    const headers = { authorization: `Bearer ${await accessToken('weather-app', resource)}` };
    const gatewayToken = { 'gatehouse-token': server.adminToken };
    return (await testClient(server.url).get(`/gateway/check/${portal.versionId}`, { ...headers, ...gatewayToken }))
      .status;
  };
  expect(await ask(API)).toBe(403);
  await admin.command('ApproveApp', { application_id: application.id });
  expect(await ask(API)).toBe(200);
  expect(await ask('https://else.example')).toBe(401);
});

it('lets a service of the organisation send commands, under its own name', async () => {
  const service = testClient(server.url, await accessToken('pipeline', GATEHOUSE));
  const { stream } = await service.command('CreatePortal', { name: 'Made by a pipeline' });
  const [created] = await server.services.store.readStream(stream);
  expect(created?.metadata).toMatchObject({ actor_kind: 'integration', actor_id: 'pipeline' });
  expect((await service.get('/v2/portals')).status).toBe(403);
  const foreign = testClient(server.url, await accessToken('pipeline', API));
  expect((await foreign.get('/commands')).status).toBe(401);
});
