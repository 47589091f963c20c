import { randomUUID } from 'node:crypto';
import { coverage, NEVER, OF_CLIENTS, table } from './coverage.js';
import { publishedSpec } from './published-spec.js';
import { conformanceScene, mailedToken, newestDeveloper, SPECIFICATION, type ConformanceScene } from './scene.js';
import { portalSdk, SDK_DOCUMENT, type PortalSdk } from './sdk.js';
import { SUPERSETS, UNDECLARED } from './supersets.js';
import { USES, type Names } from './uses.js';
import { METRICS } from '#consumption/statistics.js';
import { startHostileProvider } from '../support/hostile-provider.js';
import { checkedClient } from '../support/checked-client.js';
import { startBridge, type Bridge } from '../support/dcr-bridge.js';
import { registeringStrategy } from '../support/dcr-scene.js';
import { startOidcProvider } from '../support/oidc-provider.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { MailTokenPurpose } from '#vault/mail-tokens.js';

const spec = publishedSpec(SDK_DOCUMENT, { supersets: SUPERSETS, undeclared: UNDECLARED });
const seen = new Map<string, Set<number>>();
const EMAIL = 'ada@example.org';
const PASSWORD = 'plum tapir granite 7';

/** An identity provider that registers whoever asks, and lets clients be managed. */
const REGISTERING = {
  features: {
    registration: { enabled: true },
    registrationManagement: { enabled: true },
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
  },
  clients: [],
  scopes: ['openid', 'read', 'write'],
};

let server: TestServer;
let scene: ConformanceScene;
let ada: PortalSdk, stranger: PortalSdk, visitor: PortalSdk;
let names: Names;

beforeAll(async () => {
  server = await startTestServer({ GATEHOUSE_OUTBOUND_PRIVATE: '127.0.0.1' });
  scene = await conformanceScene(server);
  const onAnswer = (operation: string, status: number) =>
    void seen.set(operation, (seen.get(operation) ?? new Set()).add(status));
  const at = (host: string) => portalSdk({ url: server.url, spec, onAnswer, host });
  [ada, stranger, visitor] = [at('petstore.localhost'), at('petstore.localhost'), at('open.localhost')];
  names = {
    productId: scene.productId,
    productVersionId: scene.keyVersionId,
    documentId: 'start',
    pageSize: 5,
  } as Names;
});
afterAll(async () => {
  await server.stop();
  console.log(table(coverage(spec.operations, seen)));
});

const mailed = (type: string, purpose: MailTokenPurpose) => mailedToken(server, scene.portal, type, purpose);

describe('signing up', () => {
  it('shows the portal to anybody', async () => {
    const { data } = await ada.portal.getPortalContext();
    expect(data).toMatchObject({ portal_id: scene.portal, canonical_domain: 'petstore.localhost', is_public: false });
    expect((await ada.portal.getPortalAppearance()).data).toHaveProperty('variables.catalog');
    expect((await ada.portal.getPortalLogo()).headers['content-type']).toBe('image/png');
    expect((await ada.portal.getPortalCatalogCover()).headers['content-type']).toBe('image/png');
  });

  it('takes an address and a name, and mails a link', async () => {
    const { developer } = ada;
    expect((await developer.register({ requestBody: { email: 'ada' } })).status).toBe(400);
    expect((await developer.register({ requestBody: { email: EMAIL, full_name: 'Ada Lovelace' } })).status).toBe(201);
    const verify = (token: string) => developer.verifyEmail({ verifyEmailRequest: { token } });
    const token = await mailed('developer.registered.v1', 'confirm-email');
    expect((await verify('no-uuid')).status).toBe(400);
    expect((await verify(randomUUID())).status).toBe(404);
    const { status, data } = await verify(token);
    expect(status).toBe(202);
    expect(data.email).toBe(EMAIL);
    expect((await verify(token)).status).toBe(410);

    const reset = (password: string, token: string) =>
      developer.resetPassword({ resetPasswordRequest: { password, token } });
    expect((await reset('short', data.token!)).status).toBe(400);
    expect((await reset(PASSWORD, randomUUID())).status).toBe(404);
    expect((await reset(PASSWORD, data.token!)).status).toBe(204);
    expect((await reset(PASSWORD, data.token!)).status).toBe(410);
  });

  it('mails a link to who forgot the password', async () => {
    const forgot = (email: string) => ada.developer.forgotPassword({ resetPasswordPayload: { email } });
    expect((await forgot('ada')).status).toBe(400);
    expect((await forgot('nobody@example.org')).status).toBe(200);
    expect((await forgot(EMAIL)).status).toBe(200);
    const token = await mailed('developer.password-reset-requested.v1', 'set-password');
    const request = { resetPasswordRequest: { password: PASSWORD, token } };
    expect((await ada.developer.resetPassword(request)).status).toBe(204);
  });

  it('signs in once an administrator has approved', async () => {
    const authenticate = (sdk: PortalSdk, username = EMAIL) =>
      sdk.developer.authenticate({ authenticateRequest: { username, password: PASSWORD } });
    const waiting = await authenticate(ada);
    expect(waiting.status).toBe(401);
    expect((waiting.data as unknown as { title: string }).title).toContain('disabled');
    await scene.send('ApproveDeveloper', { developer_id: await newestDeveloper(server) });
    expect((await authenticate(ada)).status).toBe(204);
    expect([...ada.cookies.keys()]).toEqual(['portalaccesstoken', 'portalrefreshtoken']);
    expect((await authenticate(stranger, 'ada')).status).toBe(400);
    expect((await authenticate(visitor)).status).toBe(404);
    expect((await ada.developer.getDeveloperMe()).data).toMatchObject({ email: EMAIL, full_name: 'Ada Lovelace' });
  });

  it('goes on with the refresh cookie', async () => {
    expect((await stranger.developer.refresh()).status).toBe(401);
    const before = ada.cookies.get('portalaccesstoken');
    expect((await ada.developer.refresh()).status).toBe(204);
    expect(ada.cookies.get('portalaccesstoken')).not.toBe(before);
  });
});

describe('finding an API', () => {
  it('searches', async () => {
    const { data } = await ada.search.searchPortalEntities({ indices: 'product-catalog', q: 'pet', join: 'versions' });
    expect(data.data.map(({ source }) => source.name)).toEqual(['Petstore']);
  });

  it.each([
    [{ filterName: 'Petstore' }, 1],
    [{ filterNameEq: 'Shop' }, 0],
    [{ filterNameContains: 'STORE' }, 1],
    [{ filterDescriptionContains: 'birds' }, 0],
    [{ pageSize: 1, pageNumber: 2 }, 0],
  ])('lists products by %j', async (filter, count) => {
    expect((await ada.products.listProducts(filter)).data.data).toHaveLength(count);
  });

  it('shows a product, its versions and what may be done with it', async () => {
    const { productId } = scene;
    expect((await ada.products.getProduct({ productId })).data.public_labels).toEqual({ team: 'pets' });
    expect((await ada.products.getProductActions({ productId })).data.actions).toEqual({
      view: true,
      register: true,
      view_documentation: true,
    });
    const { data } = await ada.versions.listProductVersions({ productId, filterNameContains: 'v' });
    expect(data.data.map(({ name }) => name).sort()).toEqual(['v1', 'v2']);
    const version = await ada.versions.getProductVersion({ productId, productVersionId: scene.tokenVersionId });
    expect(version.data.registration_configs).toMatchObject([{ credential_type: 'self_managed_client_credentials' }]);
  });

  it('shows a specification, and that there is none', async () => {
    const { productId, keyVersionId, tokenVersionId } = scene;
    const of = (productVersionId: string) => ({ productId, productVersionId });
    expect((await ada.versions.getProductVersionSpec(of(keyVersionId))).data.content).toBe(SPECIFICATION);
    const { data } = await ada.versions.getProductVersionSpecOperations(of(keyVersionId));
    expect(data.operations.map(({ method, path }) => `${method} ${path}`)).toEqual(['get /pets', 'post /pets']);
    expect((await ada.versions.getProductVersionSpec(of(tokenVersionId))).status).toBe(204);
    expect((await ada.versions.getProductVersionSpecOperations(of(tokenVersionId))).status).toBe(204);
  });

  it.each(['application/json', 'application/vnd.konnect.document-tree+json'] as const)('lists %s', async (accept) => {
    const { status, data } = await ada.documentation.listProductDocuments({ productId: scene.productId, accept });
    expect(status).toBe(200);
    expect(data.data).toHaveLength(accept === 'application/json' ? 2 : 1);
  });

  it.each(['application/json', 'application/vnd.konnect.document-nodes+json', 'text/markdown'] as const)(
    'reads a document as %s',
    async (accept) => {
      const request = { productId: scene.productId, documentId: 'start', accept };
      expect((await ada.documentation.getProductDocument(request)).headers['content-type']).toContain(accept);
    },
  );
});

describe('an application', () => {
  let tokenApplication: string;

  it('is created, listed and edited', async () => {
    const create = (name: string, more: object = {}) =>
      ada.applications.createApplication({ createApplicationPayload: { name, ...more } });
    const { status, data } = await create('Fleet', {
      reference_id: 'fleet-1',
      redirect_uri: 'https://example.org/back',
    });
    expect(status).toBe(201);
    expect(data.auth_strategy).toMatchObject({ credential_type: 'key_auth', key_names: ['apikey'] });
    names = { ...names, applicationId: data.id };
    expect((await create('fleet ')).status).toBe(409);
    expect((await create('Other', { reference_id: 'fleet-1' })).status).toBe(409);
    const other = await create('Tokens', { auth_strategy_id: scene.tokenStrategyId });
    tokenApplication = other.data.id;
    expect((await create('Nobody', { auth_strategy_id: randomUUID() })).status).toBe(404);
    const rename = { applicationId: tokenApplication, updateApplicationPayload: { name: 'Fleet' } };
    expect((await ada.applications.updateApplication(rename)).status).toBe(409);
    const list = await ada.applications.listApplications({ filterNameContains: 'FLEET' });
    expect(list.data.data.map(({ id }) => id)).toEqual([data.id]);
    const byStrategy = { filterAuthStrategyId: scene.tokenStrategyId };
    expect((await ada.applications.listApplications(byStrategy)).data.data).toMatchObject([{ name: 'Tokens' }]);
    const strategies = { filterCredentialTypeEq: 'key_auth' } as const;
    expect((await ada.applications.listApplicationAuthStrategies(strategies)).data.data).toHaveLength(1);
  });

  it('asks for access and may withdraw', async () => {
    const { applicationId } = names;
    const request = (id: string, product_version_id: string) =>
      ada.registrations.createApplicationRegistration({
        applicationId: id,
        createRegistrationPayload: { product_version_id },
      });
    const version = { productId: scene.productId, productVersionId: scene.keyVersionId };
    const before = await ada.versions.getApplicationsByProductVersion({ ...version, unregistered: true });
    expect(before.data.data).toContainEqual(expect.objectContaining({ id: applicationId, registration_id: null }));
    const { data } = await request(applicationId, scene.keyVersionId);
    expect(data.status).toBe('pending');
    names = { ...names, registrationId: data.id };
    expect((await request(applicationId, scene.keyVersionId)).status).toBe(409);
    expect((await request(applicationId, scene.tokenVersionId)).status).toBe(409);
    const automatic = await request(tokenApplication, scene.tokenVersionId);
    expect(automatic.data.status).toBe('approved');
    await scene.send('ApproveApp', { application_id: applicationId });
    const approved = await ada.registrations.listApplicationRegistrations({ applicationId, filterStatus: 'approved' });
    expect(approved.data.data.map(({ id }) => id)).toEqual([data.id]);
    const withAccess = await ada.versions.getApplicationsByProductVersion({ ...version, filterStatus: 'approved' });
    expect(withAccess.data.data).toMatchObject([{ id: applicationId, registration_status: 'approved' }]);
  });

  it('gets a key, shown once, and its call goes through', async () => {
    const { applicationId } = names;
    const { status, data } = await ada.credentials.createCredential({ applicationId });
    expect(status).toBe(201);
    names = { ...names, credentialId: data.id };
    const list = await ada.credentials.listCredentials({ applicationId });
    expect(list.data.data.map(({ id }) => id)).toEqual([data.id]);
    expect(JSON.stringify(list.data)).not.toContain(data.credential);
    const check = `${server.url}/gateway/check?product_version=${scene.keyVersionId}`;
    expect((await fetch(check, { headers: { apikey: data.credential } })).status).toBe(200);
    expect((await ada.credentials.listCredentials({ applicationId: tokenApplication })).status).toBe(409);
  });

  it('shows how it is used, by every metric and every pair of dimensions', async () => {
    const now = Date.now();
    const ids = { application_id: names.applicationId, product_version_id: scene.keyVersionId };
    const measured = { latency_ms: 20, request_bytes: 300, response_bytes: 4_000 };
    const records = [200, 201, 429].map((status) => ({ ...ids, ...measured, status, time: now }));
    const sent = await fetch(`${server.url}/gateway/usage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${server.adminToken}` },
      body: JSON.stringify({ records }),
    });
    expect(await sent.json()).toMatchObject({ accepted: 3 });
    await server.services.consumption.settle();
    expect((await ada.analytics.getApplicationAnalyticsConfig()).data.analytics).toMatchObject({ percentiles: true });

    const range = { start_ms: now - 3_600_000, end_ms: now + 60_000, granularity_ms: 3_600_000 };
    const filter = [{ dimension: 'APPLICATION', type: 'IN', values: [names.applicationId] }];
    const dimensionNames = ['API_PRODUCT_VERSION', 'APPLICATION', 'STATUS_CODE', 'STATUS_CODE_GROUPED', 'TIME'];
    const pairs = [
      [],
      ...dimensionNames.flatMap((one, i) => [[one], ...dimensionNames.slice(i + 1).map((other) => [one, other])]),
    ];
    for (const metric of METRICS.keys()) {
      for (const dimensions of pairs) {
        const query = { ...range, metrics: [metric], dimensions, filter } as never;
        const { status, data } = await ada.analytics.queryApplicationAnalytics({ queryApplicationAnalytics: query });
        expect([metric, dimensions, status]).toEqual([metric, dimensions, 200]);
        expect(data.meta!.metric_names).toEqual([metric]);
        expect(Object.keys(data.meta!.dimensions!)).toEqual(dimensions.filter((name) => name !== 'TIME'));
        expect(data.records!.length).toBeGreaterThan(0);
      }
    }
    const byStatus = { ...range, metrics: ['REQUEST_COUNT'], dimensions: ['STATUS_CODE_GROUPED'], filter } as never;
    const { data } = await ada.analytics.queryApplicationAnalytics({ queryApplicationAnalytics: byStatus });
    // one of the calls is the one that the gateway asked about
    expect(data.records!.map(({ event }) => event)).toEqual([
      { REQUEST_COUNT: 3, STATUS_CODE_GROUPED: '2XX' },
      { REQUEST_COUNT: 1, STATUS_CODE_GROUPED: '4XX' },
    ]);
  });
});

describe('an application whose client is registered', () => {
  const applicationWith = async (strategy: string, name: string) => {
    const createApplicationPayload = { name, auth_strategy_id: strategy, scopes: ['read'] };
    const { status, data } = await ada.applications.createApplication({ createApplicationPayload });
    expect(status).toBe(201);
    expect(data).toMatchObject({ reference_id: data.credentials!.client_id, scopes: ['read'] });
    return { applicationId: data.id, ...data.credentials! };
  };

  it('by an HTTP bridge gets its secret, and another', async () => {
    const bridge = await startBridge();
    const { strategy } = await registeringStrategy(checkedClient(server), bridgeSettings(bridge), scene, {
      name: 'Bridge',
    });
    const { applicationId, client_id, client_secret } = await applicationWith(strategy, 'Bridged');
    const { status, data } = await ada.credentials.refreshApplicationToken({ applicationId });
    expect([status, data.client_id]).toEqual([201, client_id]);
    expect(data.client_secret).not.toBe(client_secret);
    await bridge.stop();
  });

  it('by RFC 7591 has scopes that the provider is asked for', async () => {
    const provider = await startOidcProvider({ redirectUris: [], accounts: {}, configuration: REGISTERING });
    const settings = { provider_type: 'rfc7591', issuer: provider.issuer, dcr_config: {} };
    const { strategy, version } = await registeringStrategy(checkedClient(server), settings, scene, {
      name: 'Standard',
      auto: true,
    });
    const { applicationId } = await applicationWith(strategy, 'Standard');
    const createRegistrationPayload = { product_version_id: version };
    const registered = await ada.registrations.createApplicationRegistration({
      applicationId,
      createRegistrationPayload,
    });
    const of = { ...names, applicationId, productVersionId: version, registrationId: registered.data.id };
    for (const operation of Object.keys(OF_CLIENTS).filter((id) => id.endsWith('-granted-scopes'))) {
      const { status, data } = await USES[operation]!(ada, of);
      expect([operation, status, data]).toEqual([operation, 200, { scopes: ['read'] }]);
    }
    await provider.stop();
  });
});

describe('every operation', () => {
  const uses = Object.entries(USES).map(([operation, use]) => ({ operation, use }));
  const declares = (operation: string, status: number) =>
    spec.operations.find(({ id }) => id === operation)!.statuses.includes(status) && !NEVER[operation]?.[status];

  it.each(uses)('$operation needs a session', async ({ use }) => {
    expect((await use(stranger, names)).status).toBe(401);
  });

  it.each(uses.filter(({ operation }) => operation !== 'create-application' && declares(operation, 404)))(
    '$operation knows what is not there',
    async ({ use }) => {
      const ids = Object.keys(names).filter((name) => name.endsWith('Id'));
      const unknown = Object.fromEntries(ids.map((name) => [name, randomUUID()])) as unknown as Names;
      expect((await use(ada, { ...unknown, pageSize: 5 })).status).toBe(404);
    },
  );

  it.each(uses.filter(({ operation }) => declares(operation, 400)))(
    '$operation names what is wrong',
    async ({ use }) => {
      const ids = Object.keys(names).filter((name) => name.endsWith('Id'));
      const wrong = Object.fromEntries(ids.map((name) => [name, 'no-uuid'])) as unknown as Names;
      const { status, data } = await use(ada, { ...wrong, pageSize: 0 });
      expect(status).toBe(400);
      expect((data as { invalid_parameters: unknown[] }).invalid_parameters).not.toHaveLength(0);
    },
  );

  it('leads to the identity provider, once there is one', async () => {
    expect((await stranger.developer.authenticateSso()).status).toBe(400);
    const provider = await startHostileProvider();
    const settings = { oidc_issuer: provider.issuer, oidc_client_id: provider.clientId, oidc_auth_enabled: true };
    await scene.send('EditAuthenticationSettings', { portal_id: scene.portal, ...settings });
    expect((await stranger.portal.getPortalContext()).data).toMatchObject({ oidc_auth_enabled: true });
    const { status, headers } = await stranger.developer.authenticateSso();
    expect([status, new URL(String(headers['location'])).origin]).toEqual([302, provider.issuer]);
    await scene.send('EditAuthenticationSettings', { portal_id: scene.portal, oidc_auth_enabled: false });
    await provider.stop();
  });

  it('on clients says that this application has none', async () => {
    for (const [operation, status] of Object.entries(OF_CLIENTS)) {
      expect([operation, (await USES[operation]!(ada, names)).status]).toEqual([operation, status]);
    }
  });

  it.each(uses.filter(({ operation }) => !(operation in OF_CLIENTS) && !operation.startsWith('delete-')))(
    '$operation succeeds',
    async ({ operation, use }) => {
      const fresh = operation === 'create-application-registration' ? await withoutRegistration() : names;
      expect(Math.floor((await use(ada, fresh)).status / 100)).toBe(2);
    },
  );

  it.each(['delete-credential', 'delete-application-registration', 'delete-application'])('%s succeeds', async (id) => {
    expect((await USES[id]!(ada, names)).status).toBe(204);
  });

  it('ends with signing out, which never fails', async () => {
    expect((await ada.developer.logout()).status).toBe(204);
    expect((await ada.developer.logout()).status).toBe(204);
    expect(ada.cookies.size).toBe(0);
  });
});

const bridgeSettings = ({ url, apiKey }: Bridge) => ({
  provider_type: 'http',
  issuer: 'https://idp.example.org',
  dcr_config: { dcr_base_url: url, api_key: apiKey },
});

async function withoutRegistration(): Promise<Names> {
  const { data } = await ada.applications.createApplication({ createApplicationPayload: { name: 'Unregistered' } });
  return { ...names, applicationId: data.id };
}

describe('coverage', () => {
  it('is complete', () => {
    const incomplete = coverage(spec.operations, seen).filter(({ missing }) => missing.length > 0);
    expect(incomplete).toEqual([]);
    expect(spec.operations).toHaveLength(43);
  });

  it('has no exception that nothing needs', () => {
    const all = SUPERSETS.flatMap(({ schema, fields }) => fields.map((field) => `${schema} ${field}`));
    expect(all.filter((one) => !spec.needed.has(one))).toEqual([]);
    for (const [operation, statuses] of Object.entries(NEVER)) {
      for (const status of Object.keys(statuses)) expect(seen.get(operation)).not.toContain(Number(status));
    }
  });
});
