import { randomUUID } from 'node:crypto';
import { startBridge, type Bridge, type Fault } from '../support/dcr-bridge.js';
import { registeringStrategy } from '../support/dcr-scene.js';
import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf } from '../support/commands.js';
import { portalClient, refusalOf, type PortalCall } from '../support/portal-client.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let scene: PortalScene;
let ada: PortalCall;
let bridge: Bridge;
let strategy: string;
let version: string;
let provider: string;

beforeAll(async () => {
  server = await startTestServer({ GATEHOUSE_OUTBOUND_PRIVATE: '127.0.0.1' });
  call = checkedClient(server);
  scene = await portalScene(commandsOf(server));
  ada = await portalClient(server, call, scene.ada, scene.portal);
  bridge = await startBridge();
  ({ provider, strategy, version } = await registeringStrategy(call, bridgeSettings(bridge), scene, {
    name: 'Bridge',
    auto: true,
  }));
});
afterAll(async () => {
  await server.stop();
  await bridge.stop();
});
beforeEach(() => {
  bridge.calls.length = 0;
  bridge.made = 0;
  delete bridge.fault;
  delete bridge.again;
  bridge.broken = undefined;
});

function bridgeSettings({ url, apiKey }: Bridge, more: object = {}) {
  const dcr_config = { dcr_base_url: url, api_key: apiKey, ...more };
  return { provider_type: 'http', issuer: 'https://idp.example.org', dcr_config };
}

const create = (fields: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  ada('POST', '/applications', { name: `App ${randomUUID()}`, auth_strategy_id: strategy, ...fields }, headers);
const settled = () => server.services.reactors.settled();
const eventsOf = async (id: string) =>
  (await server.services.store.readStream(`application-${id}`)).map(({ type }) => type.replace('application.', ''));
const newest = async (): Promise<string> => {
  const events = await server.services.store.readAll({
    after: 0n,
    limit: 10_000,
    types: ['application.client-registration-requested.v1'],
  });
  return events.at(-1)!.stream.slice('application-'.length);
};
const parked = () =>
  server.services.reactors
    .status()
    .filter(({ name }) => name === 'clients')
    .flatMap(({ problems }) => problems);

describe('creating an application', () => {
  it('registers a client, and shows its secret once', async () => {
    const { status, body, headers } = await create({
      name: 'Fleet',
      redirect_uri: 'https://app.example.org/cb',
      scopes: ['read'],
    });
    expect(status).toBe(201);
    const { client_id, client_secret } = body['credentials'] as Record<string, string>;
    expect(bridge.clients.get(client_id!)).toMatchObject({ secret: client_secret });
    expect(body).toMatchObject({
      reference_id: client_id,
      auth_strategy: { credential_type: 'client_credentials', available_scopes: ['read', 'write'] },
      scopes: ['read'],
    });
    expect(headers.get('cache-control')).toBe('no-store');
    const { credentials: _, ...shown } = body;
    expect((await ada('GET', `/applications/${body.id}`)).body).toEqual(shown);
    expect((await ada('GET', '/applications?filter[name]=Fleet')).body.data).toEqual([shown]);
    expect(bridge.calls).toEqual([
      {
        method: 'POST',
        path: '/',
        body: {
          client_name: `Fleet (${body.id})`,
          redirect_uris: ['https://app.example.org/cb'],
          grant_types: ['client_credentials'],
          scopes: ['read'],
          token_endpoint_auth_method: 'client_secret_post',
          application_description: '',
          portal_id: scene.portal,
          organization_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          developer_id: scene.ada,
          auth_strategy_id: strategy,
          dcr_provider_id: provider,
        },
      },
    ]);
    expect(await eventsOf(body.id)).toEqual(['created.v1', 'client-registration-requested.v1', 'client-registered.v1']);
  });

  it('takes no reference id, and no scope that the strategy does not offer', async () => {
    expect(refusalOf(await create({ reference_id: 'mine' }))).toMatchObject({ status: 400, fields: ['reference_id'] });
    expect(refusalOf(await create({ scopes: ['admin'] }))).toMatchObject({ status: 400, fields: ['scopes'] });
    expect(bridge.made).toBe(0);
  });

  it('answers a repeat with the same Idempotency-Key from the sealed receipt, and registers once', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const name = randomUUID();
    const [first, again] = await Promise.all([create({ name }, key), create({ name }, key)]);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect((await create({ name }, key)).body).toEqual(first.body);
    expect(bridge.made).toBe(1);
  });

  it('answers a repeat after the answer was lost, from the receipt of the outcome', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const name = randomUUID();
    const { store } = server.services;
    // The process ends after the outcome, before the answer is kept.
    const seal = store.sealReceipt.bind(store);
    Object.assign(store, { sealReceipt: () => Promise.reject(new Error('lost')) });
    await expect(create({ name }, key)).rejects.toThrow('create-application 500');
    Object.assign(store, { sealReceipt: seal });
    const again = await create({ name }, key);
    expect(again.status).toBe(201);
    const { client_id, client_secret } = again.body['credentials'] as Record<string, string>;
    expect(bridge.clients.get(client_id!)?.secret).toBe(client_secret);
    expect(bridge.made).toBe(1);
  });

  it.each([
    ['refused', 'it refused'],
    ['redirect', 'it refused'],
  ] as const)('comes to nothing when the bridge says no (%s)', async (fault, why) => {
    bridge.fault = fault;
    const answer = await create({ name: 'Wanted' });
    expect(refusalOf(answer)).toEqual({ status: 409, code: 'client_registration_failed' });
    expect(answer.body['detail']).toContain(why);
    const id = await newest();
    expect(await eventsOf(id)).toEqual([
      'created.v1',
      'client-registration-requested.v1',
      'client-registration-failed.v1',
      'deleted.v1',
    ]);
    await settled();
    expect([bridge.clients.size - bridge.made, parked().filter(({ error }) => error.includes(id))]).toEqual([
      expect.any(Number),
      [],
    ]);
    expect((await ada('GET', '/applications?filter[name]=Wanted')).body.data).toEqual([]);
    expect((await create({ name: 'Wanted' })).status).toBe(201); // the name is free again
    const { data } = (await ada('GET', '/applications?filter[name]=Wanted')).body;
    await ada('DELETE', `/applications/${String(data[0]!['id'])}`);
  });

  it.each(['error', 'cut', 'no-json'] as const)(
    'that may have made a client (%s) is parked until somebody says what became of it',
    async (fault: Fault) => {
      bridge.fault = fault;
      expect(refusalOf(await create())).toEqual({ status: 409, code: 'client_registration_failed' });
      const id = await newest();
      await settled();
      const [client] = [...bridge.clients].filter(([, { name }]) => name.endsWith(`(${id})`));
      expect(parked().filter(({ error }) => error.includes(id))).toHaveLength(1);
      expect(bridge.made).toBe(1); // never a second one

      const resolve = { application_id: id, client_id: client![0] };
      expect((await call('POST', '/commands/ResolveClient', { body: resolve })).status).toBe(200);
      await server.services.reactors.retryParked('clients');
      await settled();
      expect(bridge.clients.has(client![0])).toBe(false);
      expect(parked().filter(({ error }) => error.includes(id))).toEqual([]);
      expect((await eventsOf(id)).slice(-2)).toEqual(['client-located.v1', 'client-deleted.v1']);
    },
  );

  it('that is answered with the client of another application leaves that client alone', async () => {
    const { body } = await create();
    const theirs = String(body['reference_id']);
    bridge.again = theirs;
    expect(refusalOf(await create())).toEqual({ status: 409, code: 'client_registration_failed' });
    const id = await newest();
    await settled();
    expect(bridge.clients.has(theirs)).toBe(true);
    expect((await eventsOf(id)).slice(-2)).toEqual(['client-registration-failed.v1', 'deleted.v1']);
    expect((await ada('POST', `/applications/${body.id}/refresh-token`)).status).toBe(201);
  });

  it('gives up after ten seconds, and does not take a later answer', async () => {
    bridge.fault = 'silent';
    const answer = await create();
    expect(refusalOf(answer)).toEqual({ status: 409, code: 'client_registration_failed' });
    expect(answer.body['detail']).toContain('did not answer in time');
  });

  it('does not call what is not on the public network', async () => {
    const inside = {
      ...bridgeSettings(bridge),
      dcr_config: { dcr_base_url: 'http://10.0.0.1/dcr', api_key: bridge.apiKey },
    };
    const there = await registeringStrategy(call, inside, scene, { name: 'Inside' });
    const answer = await create({ auth_strategy_id: there.strategy });
    expect(refusalOf(answer)).toEqual({ status: 409, code: 'client_registration_failed' });
    expect(answer.body['detail']).toContain('could not be asked');
    const tried = await call('POST', `/v2/dcr-providers/${there.provider}/verify`);
    expect(tried.body).toEqual({
      status: 'failed',
      errors: ['The address of the identity provider may not be called.'],
    });
  });

  it('works for integrations on behalf of a developer', async () => {
    const values = { developer_id: scene.ada, name: randomUUID(), auth_strategy_id: strategy };
    const key = { 'idempotency-key': randomUUID() };
    const { status, body, headers } = await call('POST', '/commands/CreateApplication', { body: values, headers: key });
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { credentials } = body['result'] as { credentials: Record<string, string> };
    expect(bridge.clients.get(credentials['client_id']!)?.secret).toBe(credentials['client_secret']);
    const again = await call('POST', '/commands/CreateApplication', { body: values, headers: key });
    expect((again.body['result'] as { credentials: object }).credentials).toEqual(credentials);
    expect(bridge.made).toBe(1);
  });
});

describe('an application with a client', () => {
  let id: string;
  let clientId: string;

  beforeEach(async () => {
    const { body } = await create();
    id = body.id;
    clientId = String(body['reference_id']);
    bridge.calls.length = 0;
  });

  it('gets a new secret, and the same one for a repeat', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const renewed = await ada('POST', `/applications/${id}/refresh-token`, undefined, key);
    expect(renewed.status).toBe(201);
    expect(renewed.headers.get('cache-control')).toBe('no-store');
    expect(renewed.body).toEqual({ client_id: clientId, client_secret: bridge.clients.get(clientId)!.secret });
    const again = await ada('POST', `/applications/${id}/refresh-token`, undefined, key);
    expect(again.body).toEqual(renewed.body);
    expect(bridge.calls.map(({ path }) => path)).toEqual([`/${clientId}/new-secret`]);
    expect((await eventsOf(id)).slice(-2)).toEqual(['client-secret-reset-requested.v1', 'client-secret-reset.v1']);
  });

  it('gets a new secret also under a condition, which is about the time before', async () => {
    const etag = (await ada('GET', `/applications/${id}`)).headers.get('etag')!;
    const path = `/applications/${id}/refresh-token`;
    expect((await ada('POST', path, undefined, { 'if-match': etag })).status).toBe(201);
    expect((await ada('POST', path, undefined, { 'if-match': etag })).status).toBe(412);
  });

  it('is told that there is no new secret, where the bridge fails', async () => {
    bridge.broken = 503;
    expect(refusalOf(await ada('POST', `/applications/${id}/refresh-token`))).toMatchObject({
      status: 400,
      code: 'client_secret_reset_failed',
    });
    expect((await eventsOf(id)).at(-1)).toBe('client-secret-reset-failed.v1');
  });

  it('keeps its reference id, and takes it unchanged', async () => {
    expect((await ada('PATCH', `/applications/${id}`, { reference_id: clientId })).status).toBe(200);
    expect(refusalOf(await ada('PATCH', `/applications/${id}`, { reference_id: 'mine' }))).toMatchObject({
      status: 400,
    });
    expect(refusalOf(await ada('PATCH', `/applications/${id}`, { scopes: ['admin'] }))).toMatchObject({ status: 400 });
    expect((await ada('PATCH', `/applications/${id}`, { scopes: [] })).status).toBe(200);
  });

  it('has its changes told in their order, also after failures', async () => {
    bridge.broken = 503;
    await ada('PATCH', `/applications/${id}`, { name: `Renamed ${id}`, redirect_uri: 'https://app.example.org/new' });
    const { body } = await ada('POST', `/applications/${id}/registrations`, { product_version_id: version });
    expect(body['status']).toBe('approved');
    await ada('DELETE', `/applications/${id}/registrations/${body.id}`);
    await settled();
    expect(bridge.calls).toEqual([]);
    bridge.broken = undefined;
    server.advance(60_000);
    await settled();
    const hooks = bridge.calls.map(({ path, body: { event_type } }) => [path, event_type]);
    expect(hooks).toEqual(
      ['update_application', 'add_registration', 'remove_registration'].map((type) => [
        `/${clientId}/event-hook`,
        type,
      ]),
    );
    expect(bridge.calls[0]!.body).toMatchObject({
      client_id: clientId,
      application_id: id,
      application_name: `Renamed ${id}`,
      redirect_uris: ['https://app.example.org/new'],
      developer_id: scene.ada,
    });
    expect(bridge.calls[1]!.body).toMatchObject({ api_product_version_id: version });
  });

  it('takes its client with it', async () => {
    expect((await ada('DELETE', `/applications/${id}`)).status).toBe(204);
    await settled();
    expect(bridge.clients.has(clientId)).toBe(false);
    expect((await eventsOf(id)).slice(-2)).toEqual(['deleted.v1', 'client-deleted.v1']);
  });

  it('takes its client with it when the bridge is back', async () => {
    bridge.broken = 502;
    await ada('DELETE', `/applications/${id}`);
    await settled();
    expect(bridge.clients.has(clientId)).toBe(true);
    const refused = await call('DELETE', `/v2/dcr-providers/${provider}`);
    expect(refusalOf(refused)).toEqual({ status: 409, code: 'dcr_provider_in_use' });
    bridge.broken = undefined;
    server.advance(60_000);
    await settled();
    expect(bridge.clients.has(clientId)).toBe(false);
  });

  it('has scopes that nobody can be asked for', async () => {
    const { body } = await ada('POST', `/applications/${id}/registrations`, { product_version_id: version });
    for (const path of [`product-versions/${version}`, `registrations/${body.id}`]) {
      const answer = await ada('GET', `/applications/${id}/${path}/granted-scopes`);
      expect(refusalOf(answer)).toEqual({ status: 422, code: 'granted_scopes_unavailable' });
    }
  });

  it('has no keys of the portal', async () => {
    expect(refusalOf(await ada('POST', `/applications/${id}/credentials`)).status).toBe(400);
  });
});

it('applications without a client get no new secret', async () => {
  expect(refusalOf(await ada('POST', `/applications/${scene.adasApp}/refresh-token`))).toMatchObject({ status: 400 });
});

describe('the process ended', () => {
  /** As CreateApplication leaves it, with no request that goes on. */
  const intend = async () =>
    (
      await commandsOf(server)('CreateApplication', {
        developer_id: scene.ada,
        name: randomUUID(),
        auth_strategy_id: strategy,
      })
    ).id;

  it('before the call: there is no client, and no application', async () => {
    const id = await intend();
    server.advance(30_000);
    await settled();
    expect((await eventsOf(id)).slice(-2)).toEqual(['client-registration-failed.v1', 'deleted.v1']);
    expect(bridge.made).toBe(0);
    expect(parked().filter(({ error }) => error.includes(id))).toEqual([]);
  });

  it('between the answer and its record: the client is deleted', async () => {
    const id = await intend();
    await server.services.clients.records.begin(id);
    await server.services.clients.register(id);
    expect(bridge.made).toBe(1);
    server.advance(30_000);
    await settled();
    expect([...bridge.clients.values()].filter(({ name }) => name.includes(id))).toEqual([]);
    expect((await eventsOf(id)).at(-1)).toBe('client-deleted.v1');
  });

  it('during the call: a person is asked, and nothing is called twice', async () => {
    const id = await intend();
    await server.services.clients.records.begin(id);
    server.advance(30_000);
    await settled();
    expect(bridge.made).toBe(0);
    expect(parked().filter(({ error }) => error.includes(id))).toHaveLength(1);
    await call('POST', '/commands/ResolveClient', { body: { application_id: id, client_id: null } });
    await server.services.reactors.retryParked('clients');
    await settled();
    expect(parked().filter(({ error }) => error.includes(id))).toEqual([]);
  });
});

describe('a bridge that knows a repeated Idempotency-Key', () => {
  let knowing: Bridge;
  let there: Awaited<ReturnType<typeof registeringStrategy>>;

  beforeAll(async () => {
    knowing = await startBridge({ idempotent: true });
    there = await registeringStrategy(call, bridgeSettings(knowing), scene, { name: 'Knowing' });
    const tried = await call('POST', `/v2/dcr-providers/${there.provider}/verify`);
    expect(tried.body).toEqual({ status: 'success', errors: [] });
  });
  afterAll(() => knowing.stop());

  it.each(['error', 'cut', 'no-json'] as const)('is asked again after %s, and its client deleted', async (fault) => {
    knowing.made = 0;
    knowing.fault = fault;
    expect((await create({ auth_strategy_id: there.strategy })).status).toBe(409);
    const id = await newest();
    await settled();
    expect([knowing.made, knowing.clients.size]).toEqual([1, 0]);
    expect((await eventsOf(id)).slice(-2)).toEqual(['client-located.v1', 'client-deleted.v1']);
    expect(parked().filter(({ error }) => error.includes(id))).toEqual([]);
  });

  it.each([401, 403, 404, 422, 429])(
    'is not taken to have made none because the repeat is answered %d',
    async (status) => {
      knowing.fault = 'cut';
      knowing.onMade = () => void (knowing.broken = status);
      expect((await create({ auth_strategy_id: there.strategy })).status).toBe(409);
      const id = await newest();
      delete knowing.onMade;
      await settled();
      expect(knowing.clients.size).toBe(1);
      expect((await eventsOf(id)).at(-1)).toBe('deleted.v1');
      knowing.broken = undefined;
      server.advance(60_000);
      await settled();
      expect(knowing.clients.size).toBe(0);
      expect((await eventsOf(id)).slice(-2)).toEqual(['client-located.v1', 'client-deleted.v1']);
    },
  );
});

it('keeps secrets out of log, events, views and answers', async () => {
  const { store, reads, projections } = server.services;
  await projections.waitFor(await store.head(), 5_000);
  const events = await store.readAll({ after: 0n, limit: 100_000 });
  const views = await Promise.all(
    ['applications', 'clients', 'registration_providers', 'strategies', 'timeline'].map((view) =>
      reads.find(view, { where: [], limit: 10_000 }),
    ),
  );
  const providers = (await call('GET', '/v2/dcr-providers?page[size]=100')).body;
  const feed = await fetch(`${server.url}/events?limit=1000`, {
    headers: { authorization: `Bearer ${server.adminToken}` },
  });
  const everything = JSON.stringify(
    [events, views, providers, parked(), server.logLines, await feed.text()],
    (_, value) => (typeof value === 'bigint' ? String(value) : (value as unknown)),
  );
  expect(bridge.secrets.length).toBeGreaterThan(5);
  for (const secret of [bridge.apiKey, ...bridge.secrets]) expect(everything).not.toContain(secret);
});
