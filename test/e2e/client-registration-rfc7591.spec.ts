import { randomUUID } from 'node:crypto';
import { startOidcProvider, type TestProvider } from '../support/oidc-provider.js';
import { registeringStrategy } from '../support/dcr-scene.js';
import { checkedClient, type Call } from '../support/checked-client.js';
import { commandsOf } from '../support/commands.js';
import { portalClient, refusalOf, type PortalCall } from '../support/portal-client.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

const TOKEN = 'canary-initial-access-token-77aa88bb';

let server: TestServer;
let call: Call;
let scene: PortalScene;
let ada: PortalCall;
let idp: TestProvider;
let there: Awaited<ReturnType<typeof registeringStrategy>>;
const secrets: string[] = [TOKEN];

/** The real oidc-provider, with its registration (RFC 7591) and management (RFC 7592) endpoints. */
beforeAll(async () => {
  server = await startTestServer({ GATEHOUSE_OUTBOUND_PRIVATE: '127.0.0.1' });
  call = checkedClient(server);
  scene = await portalScene(commandsOf(server));
  ada = await portalClient(server, call, scene.ada, scene.portal);
  idp = await startOidcProvider({
    redirectUris: ['http://localhost/none'],
    accounts: {},
    configuration: {
      features: {
        registration: { enabled: true, initialAccessToken: TOKEN },
        registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
      },
      scopes: ['openid', 'read', 'write'],
    },
  });
  const provider = { provider_type: 'rfc7591', issuer: idp.issuer, dcr_config: { initial_access_token: TOKEN } };
  there = await registeringStrategy(call, provider, scene, {
    name: 'Standard',
    auto: true,
    auth_methods: ['client_credentials', 'authorization_code'],
  });
});
afterAll(async () => {
  await server.stop();
  await idp.stop();
});

const create = (fields: object = {}) =>
  ada('POST', '/applications', { name: `App ${randomUUID()}`, auth_strategy_id: there.strategy, ...fields });
const settled = () => server.services.reactors.settled();
const clientAt = (id: string) => idp.provider.Client.find(id);

/** Whether the provider gives the client a token for its secret. */
async function tokenFor(client_id: string, client_secret: string, scope?: string) {
  const authorization = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope && { scope }) });
  return (await fetch(`${idp.issuer}/token`, { method: 'POST', headers: { authorization }, body })).status;
}

async function made(fields: object = {}) {
  const { status, body } = await create(fields);
  expect({ status, body }).toMatchObject({ status: 201 });
  const credentials = body['credentials'] as { readonly client_id: string; readonly client_secret: string };
  secrets.push(credentials.client_secret);
  return { ...credentials, id: body.id, body };
}

it('registers a client that gets tokens at once', async () => {
  const { id, client_id, client_secret, body } = await made({
    redirect_uri: 'https://app.example.org/cb',
    scopes: ['read'],
  });
  expect(body['reference_id']).toBe(client_id);
  expect(await tokenFor(client_id, client_secret, 'read')).toBe(200);
  expect(await tokenFor(client_id, 'wrong')).toBe(401);
  expect((await clientAt(client_id))?.metadata()).toMatchObject({
    client_name: `App ${String(body['name']).slice(4)} (${id})`,
    redirect_uris: ['https://app.example.org/cb'],
    grant_types: ['client_credentials', 'authorization_code'],
    response_types: ['code'],
    scope: 'read',
  });
});

it('tells of changes, and of the scopes that were approved', async () => {
  const { id, client_id } = await made();
  await ada('PATCH', `/applications/${id}`, { name: `Renamed ${id}`, redirect_uri: 'https://app.example.org/new' });
  const { body } = await ada('POST', `/applications/${id}/registrations`, {
    product_version_id: there.version,
    scopes: ['write'],
  });
  await settled();
  const metadata = (await clientAt(client_id))?.metadata();
  expect(metadata).toMatchObject({ redirect_uris: ['https://app.example.org/new'], scope: 'write' });
  expect(metadata?.client_name).toMatch(/^Renamed /);
  for (const path of [`product-versions/${there.version}`, `registrations/${body.id}`]) {
    const granted = await ada('GET', `/applications/${id}/${path}/granted-scopes`);
    expect([granted.status, granted.body]).toEqual([200, { scopes: ['write'] }]);
  }
});

it('deletes the client with its application, also when the first answer is lost', async () => {
  const { id, client_id } = await made();
  await ada('DELETE', `/applications/${id}`);
  await settled();
  expect(await clientAt(client_id)).toBeUndefined();

  const other = await made();
  const { clients } = server.services;
  const remove = clients.remove;
  Object.assign(clients, {
    async remove(application: string) {
      await remove(application);
      throw new Error('the process ends here');
    },
  });
  await ada('DELETE', `/applications/${other.id}`);
  await settled();
  Object.assign(clients, { remove });
  expect(await clientAt(other.client_id)).toBeUndefined();
  server.advance(60_000);
  await settled();
  const events = await server.services.store.readStream(`application-${other.id}`);
  expect(events.at(-1)?.type).toBe('application.client-deleted.v1');
});

it('says so when the provider keeps its secrets', async () => {
  const { id, client_id, client_secret } = await made();
  expect(refusalOf(await ada('POST', `/applications/${id}/refresh-token`))).toMatchObject({
    status: 400,
    code: 'client_secret_reset_failed',
  });
  expect(await tokenFor(client_id, client_secret)).toBe(200);
});

it('comes to nothing with what the provider refuses', async () => {
  const name = randomUUID();
  // A scheme of its own is for native applications; the provider takes it for none of the web.
  const answer = await create({ name, redirect_uri: 'com.example.app:/cb' });
  expect(refusalOf(answer)).toEqual({ status: 409, code: 'client_registration_failed' });
  expect((await ada('GET', `/applications?filter[name]=${name}`)).body.data).toEqual([]);
});

it('is verified with its token, and not with another', async () => {
  const verify = async () => (await call('POST', `/v2/dcr-providers/${there.provider}/verify`)).body;
  expect(await verify()).toEqual({ status: 'success', errors: [] });
  const change = (initial_access_token: string) =>
    call('PATCH', `/v2/dcr-providers/${there.provider}`, { body: { dcr_config: { initial_access_token } } });
  await change('some-other-token');
  expect(await verify()).toEqual({ status: 'failed', errors: ['The identity provider refuses the token.'] });
  expect(refusalOf(await create())).toEqual({ status: 409, code: 'client_registration_failed' });
  await change(TOKEN);
  await settled();
  expect(await verify()).toEqual({ status: 'success', errors: [] });
});

it('keeps secrets and management tokens out of the log and its events', async () => {
  const events = await server.services.store.readAll({ after: 0n, limit: 100_000 });
  const records = await server.services.vault.list('dcr-client', { limit: 100 });
  expect(records.length).toBeGreaterThan(2);
  const everything = JSON.stringify([events, records, server.logLines], (_, value) =>
    typeof value === 'bigint' ? String(value) : (value as unknown),
  );
  for (const secret of secrets) expect(everything).not.toContain(secret);
  expect(everything).not.toContain('/reg/');
});
