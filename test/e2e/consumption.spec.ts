import { checkedClient } from '../support/checked-client.js';
import { testClient, type TestClient } from '../support/client.js';
import { buildApplication, buildPortal, type TestApplication, type TestPortal } from '../support/portal.js';
import { portalClient, type PortalCall } from '../support/portal-client.js';
import { startTestServer, type TestServer } from '../support/server.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let server: TestServer;
let admin: TestClient;
let gateway: TestClient;
let portal: TestPortal;
let app: TestApplication;
let ada: PortalCall;

const issue = async (on: TestServer, role: string) =>
  testClient(
    on.url,
    (
      await testClient(on.url, on.adminToken).send<{ token: string }>('POST', '/tokens', {
        body: { name: `our-${role}`, role },
      })
    ).body.token,
  );

async function scene(env: Record<string, string> = {}) {
  const started = await startTestServer(env);
  const client = testClient(started.url, started.adminToken);
  const built = await buildPortal(client);
  const application = await buildApplication(client, built);
  await client.command('ApproveApp', { application_id: application.applicationId });
  const developer = await portalClient(started, checkedClient(started), built.developerId, built.portalId);
  return { server: started, admin: client, portal: built, app: application, ada: developer };
}

beforeAll(async () => {
  ({ server, admin, portal, app, ada } = await scene());
  gateway = await issue(server, 'gateway');
});
afterAll(() => server.stop());

/** Sessions do not last as long. */
async function later(milliseconds: number): Promise<void> {
  server.advance(milliseconds);
  ada = await portalClient(server, checkedClient(server), portal.developerId, portal.portalId);
}

const record = (values: object = {}) => ({
  application_id: app.applicationId,
  product_version_id: portal.versionId,
  status: 200,
  time: new Date(server.services.now()).toISOString(),
  ...values,
});
const report = (body: object) => gateway.send('POST', '/gateway/usage', { body });

interface Figures {
  readonly meta: Readonly<Record<string, unknown>>;
  readonly records: readonly { readonly event: Record<string, unknown>; readonly timestamp: string }[];
}

const query = (values: object = {}) => {
  const now = server.services.now();
  return { start_ms: now - HOUR, end_ms: now + MINUTE, metrics: ['REQUEST_COUNT'], ...values };
};
async function count(values: object = {}): Promise<number> {
  await server.services.consumption.settle();
  const { body } = await ada('POST', '/stats', query(values));
  return Number((body as unknown as Figures).records[0]?.event['REQUEST_COUNT'] ?? 0);
}

describe('a batch of records', () => {
  it('tells what became of each', async () => {
    const now = server.services.now();
    const at = (time: number) => ({ time: new Date(time).toISOString() });
    const { status, body } = await report({
      batch_id: 'fates',
      records: [
        record({
          latency_ms: 12.5,
          request_bytes: 100,
          response_bytes: 2_000,
          credential_id: app.credentialId,
          id: '1',
        }),
        record({ id: '1' }),
        record(at(now - 3 * DAY)),
        record(at(now + HOUR)),
        record({ application_id: portal.versionId }),
        record({ product_version_id: app.applicationId }),
      ],
    });
    const fates = { accepted: 1, late: 1, future: 1, duplicate: 1, unknown: 2 };
    expect([status, body]).toEqual([200, { batch_id: 'fates', repeated: false, ...fates }]);
    expect(await count()).toBe(1);
    const metrics = (await admin.get('/metrics')).text;
    expect(metrics).toContain('gatehouse_usage_records_total{fate="unknown"} 2');
  });

  it('counts once, by its id or by its content', async () => {
    const before = await count();
    const batch = { batch_id: 'once', records: [record(), record()] };
    const first = (await report(batch)).body;
    expect((await report(batch)).body).toEqual({ ...first, repeated: true });
    expect(await report({ ...batch, records: [record({ status: 500 })] })).toMatchObject({
      status: 422,
      body: { code: 'batch_id_reused', field: 'batch_id' },
    });
    const unnamed = { records: [record({ status: 201, time: server.services.now() })] };
    expect((await report(unnamed)).body).toMatchObject({ repeated: false, accepted: 1 });
    expect((await report(unnamed)).body).toMatchObject({ repeated: true, accepted: 1 });
    expect(await count()).toBe(before + 3);
    // another sender's ids are its own
    expect((await admin.send('POST', '/gateway/usage', { body: batch })).body).toMatchObject({ repeated: false });
  });

  it('is still known after a restart, and while it is late it counts no more', async () => {
    const batch = { batch_id: 'restart', records: [record()] };
    await report(batch);
    await server.services.consumption.settle();
    const { consumption } = server.services;
    const digest = { id: 'x', digest: 'y', records: [] };
    expect(await consumption.ingest(digest)).toMatchObject({ outcome: 'stored' });
    expect(await consumption.ingest(digest)).toMatchObject({ outcome: 'repeated' });
    await later(49 * HOUR);
    expect((await report({ ...batch, batch_id: 'again' })).body).toMatchObject({ accepted: 0, late: 1 });
    expect((await report(batch)).body).toMatchObject({ repeated: true, accepted: 1 });
  });

  it('is refused as a whole, with the fields at fault', async () => {
    const before = await count();
    const answer = await report({ records: [record(), record({ status: 'OK', path: '/secret' })] });
    expect(answer.status).toBe(400);
    const fields = answer.body['invalid_parameters'] as { field: string }[];
    expect(fields.map(({ field }) => field).sort()).toEqual(['records.1.path', 'records.1.status']);
    expect(answer.text).not.toContain('secret"');
    expect((await report({ records: [] })).status).toBe(400);
    expect((await report({ records: Array.from({ length: 5_001 }, () => record()) })).status).toBe(400);
    expect(await count()).toBe(before);
  });

  it('may be five thousand records', async () => {
    const records = Array.from({ length: 5_000 }, (_, i) => record({ latency_ms: i % 900, status: 200 + (i % 7) }));
    expect((await report({ records })).body).toMatchObject({ accepted: 5_000 });
  });

  it('is taken from gateways only', async () => {
    for (const role of ['integration', 'auditor', 'analytics']) {
      const other = await issue(server, role);
      expect((await other.send('POST', '/gateway/usage', { body: { records: [record()] } })).status).toBe(403);
    }
    expect(
      (await testClient(server.url).send('POST', '/gateway/usage', { body: { records: [record()] } })).status,
    ).toBe(401);
  });
});

describe('the gateway check', () => {
  const check = (key: string, on: TestServer, version: string) =>
    testClient(on.url).get(`/gateway/check?product_version=${version}`, { apikey: key });

  it('counts calls, and those that were turned away with a good key', async () => {
    await later(2 * HOUR);
    const { applicationId, key } = await buildApplication(admin, portal, 'Turned away');
    expect((await check(app.key, server, portal.versionId)).status).toBe(200);
    expect((await check(key, server, portal.versionId)).status).toBe(403);
    expect((await check(`${key.slice(0, -1)}x`, server, portal.versionId)).status).toBe(401);
    await server.services.consumption.settle();
    const { body } = await ada('POST', '/stats', query({ dimensions: ['APPLICATION', 'STATUS_CODE'] }));
    expect((body as unknown as Figures).records.map(({ event }) => event)).toEqual([
      { APPLICATION: 'Fleet', STATUS_CODE: '200', REQUEST_COUNT: 1 },
      { APPLICATION: 'Turned away', STATUS_CODE: '403', REQUEST_COUNT: 1 },
    ]);
    const uses = await server.services.consumption.usesOf([applicationId]);
    expect(uses).toEqual([]);
  });

  it('leaves the counting to records where the settings say so, and still knows what is used', async () => {
    const other = await scene({ GATEHOUSE_ANALYTICS: 'records', GATEHOUSE_ANALYTICS_PERIOD: '24h' });
    try {
      expect((await check(other.app.key, other.server, other.portal.versionId)).status).toBe(200);
      await other.server.services.consumption.settle();
      const now = Date.now();
      const asked = { start_ms: now - HOUR, end_ms: now, metrics: ['REQUEST_COUNT'] };
      expect((await other.ada('POST', '/stats', asked)).body['records']).toEqual([]);
      const used = await other.admin.get<{ data: unknown[] }>('/audit/access/last-used');
      expect(used.body.data).toMatchObject([{ last_used_on: new Date(now).toISOString().slice(0, 10) }]);
      expect((await other.ada('GET', '/portal')).body['allowed_time_period']).toBe('24h');
      expect((await other.ada('POST', '/stats', { ...asked, start_ms: now - 30 * HOUR })).body).toMatchObject({
        status: 400,
        invalid_parameters: [{ field: 'start_ms' }],
      });
    } finally {
      await other.server.stop();
    }
  });

  it('counts nothing where analytics are off, and nobody is shown any', async () => {
    const other = await scene({ GATEHOUSE_ANALYTICS: 'off' });
    try {
      expect((await check(other.app.key, other.server, other.portal.versionId)).status).toBe(200);
      await other.server.services.consumption.settle();
      expect((await other.ada('GET', '/stats/config')).body).toEqual({ analytics: null });
      const asked = { start_ms: 0, end_ms: Date.now(), metrics: ['REQUEST_COUNT'] };
      expect((await other.ada('POST', '/stats', asked)).status).toBe(400);
      const sent = await other.admin.send('POST', '/gateway/usage', { body: { records: [{}] } });
      expect(sent).toMatchObject({ status: 409, body: { code: 'analytics_off' } });
      expect((await other.admin.send('POST', '/audit/access/stats', { body: asked })).status).toBe(409);
      const used = await other.admin.get<{ data: unknown[] }>('/audit/access/last-used');
      expect(used.body.data).toMatchObject([{ last_used_on: null }]);
    } finally {
      await other.server.stop();
    }
  });
});

describe('figures', () => {
  it('come in buckets from the start that was asked for, as portals compare two periods', async () => {
    await later(10 * DAY);
    const now = server.services.now();
    const end = now - (now % HOUR);
    const at = (time: number, status = 200) => record({ time, status, latency_ms: 40 });
    await report({ records: [at(end - 20 * HOUR), at(end - 30 * HOUR), at(end - 25 * HOUR, 404), at(end - 1)] });
    await server.services.consumption.settle();
    const { body } = await ada('POST', '/stats', {
      ...{ start_ms: end - 48 * HOUR, end_ms: end, granularity_ms: DAY, metrics: ['REQUEST_COUNT'] },
      dimensions: ['STATUS_CODE_GROUPED', 'TIME'],
    });
    const { meta, records } = body as unknown as Figures;
    const start = (hours: number) => new Date(end - hours * HOUR).toISOString();
    expect(records).toEqual([
      { event: { REQUEST_COUNT: 1, STATUS_CODE_GROUPED: '2XX' }, timestamp: start(48) },
      { event: { REQUEST_COUNT: 1, STATUS_CODE_GROUPED: '4XX' }, timestamp: start(48) },
      { event: { REQUEST_COUNT: 2, STATUS_CODE_GROUPED: '2XX' }, timestamp: start(24) },
    ]);
    expect(meta).toEqual({
      dimensions: { STATUS_CODE_GROUPED: ['2XX', '4XX'] },
      ...{ metric_names: ['REQUEST_COUNT'], metric_units: { REQUEST_COUNT: 'count' }, truncated: false },
      ...{ start_ms: end - 48 * HOUR, end_ms: end, granularity: DAY },
    });
  });

  it.each<[string, object]>([
    ['metrics', { metrics: ['MOOD'] }],
    ['metrics', { metrics: [] }],
    ['metrics', { metrics: ['REQUEST_COUNT', 'REQUEST_PER_MINUTE'] }],
    ['dimensions', { dimensions: ['TIME', 'APPLICATION', 'STATUS_CODE'] }],
    ['dimensions', { dimensions: ['API_PRODUCT'] }],
    ['end_ms', { end_ms: 0, start_ms: 1 }],
    ['start_ms', { start_ms: 0 }],
    ['granularity_ms', { granularity_ms: 1_000, dimensions: ['TIME'] }],
    ['filter.0', { filter: [7] }],
    ['filter.0.dimension', { filter: [{ dimension: 'TIME', type: 'IN', values: [] }] }],
    ['filter.0.type', { filter: [{ dimension: 'APPLICATION', type: 'LIKE', values: [] }] }],
    ['filter.0.values', { filter: [{ dimension: 'APPLICATION', type: 'IN', values: ['x'] }] }],
    ['filter.0.values', { filter: [{ dimension: 'STATUS_CODE', type: 'IN', values: ['200'] }] }],
    ['filter.0.values', { filter: [{ dimension: 'STATUS_CODE_GROUPED', type: 'IN', values: ['2xx'] }] }],
    ['filter.0.more', { filter: [{ dimension: 'STATUS_CODE', type: 'IN', values: [200], more: 1 }] }],
  ])('are refused for a bad %s: %j', async (field, values) => {
    const { status, body } = await ada('POST', '/stats', query(values));
    expect([status, body.invalid_parameters?.map((fault) => fault.field)]).toEqual([400, [field]]);
  });

  it('are limited to a range that can be answered', async () => {
    const now = server.services.now();
    const long = { start_ms: now - 90 * DAY, end_ms: now, granularity_ms: MINUTE, dimensions: ['TIME'] };
    expect((await ada('POST', '/stats', query(long))).body.invalid_parameters).toMatchObject([
      { field: 'granularity_ms' },
    ]);
  });

  it('are there of all applications for those who watch over them, by portal if they like', async () => {
    const watcher = await issue(server, 'analytics');
    const asked = { ...query({ start_ms: 0, dimensions: ['APPLICATION', 'API_PRODUCT_VERSION'] }) };
    const ask = async (client: TestClient, path = '') =>
      client.send<Figures>('POST', `/audit/access/stats${path}`, { body: asked });
    const { status, body } = await ask(watcher);
    expect(status).toBe(200);
    expect(body.meta['names']).toMatchObject({ [app.applicationId]: 'Fleet', [portal.versionId]: 'Petstore - v1' });
    expect(body.records.map(({ event }) => event['APPLICATION'])).toContain(app.applicationId);
    expect((await ask(await issue(server, 'auditor'), `?portal=${portal.portalId}`)).body.records).toEqual(
      body.records,
    );
    expect((await ask(admin, `?portal=${portal.productId}`)).body.records).toEqual([]);
    expect((await ask(gateway)).status).toBe(403);
    expect((await ask(await issue(server, 'integration'))).status).toBe(403);
  });
});

describe('last use', () => {
  it('is shown of applications, of their access and of their keys', async () => {
    const today = new Date(server.services.now()).toISOString().slice(0, 10);
    await report({ records: [record({ credential_id: app.credentialId, time: server.services.now() })] });
    await server.services.consumption.settle();
    const { body } = await admin.get<{ data: Record<string, unknown>[] }>(
      `/audit/access/last-used?application=${app.applicationId}`,
    );
    expect(body.data).toMatchObject([
      {
        ...{ application_id: app.applicationId, application_name: 'Fleet', last_used_on: today },
        access: [{ product_version_id: portal.versionId, status: 'approved', last_used_on: today }],
        credentials: [{ credential_id: app.credentialId, display_name: 'production', last_used_on: today }],
      },
    ]);
    const story = await admin.get(`/audit/applications/${app.applicationId}`);
    expect(story.body['last_used_on']).toBe(today);
    expect((await admin.get(`/audit/developers/${portal.developerId}`)).body).not.toHaveProperty('last_used_on');
  });

  it('goes page by page through all applications', async () => {
    const seen: string[] = [];
    for (let after = ''; ;) {
      const page = await admin.get<{ data: { application_id: string }[]; next: string | null }>(
        `/audit/access/last-used?limit=1&portal=${portal.portalId}${after}`,
      );
      seen.push(...page.body.data.map(({ application_id }) => application_id));
      if (page.body.next === null) break;
      after = `&after=${page.body.next}`;
    }
    expect(seen).toHaveLength(2);
    expect(new Set(seen).size).toBe(2);
  });

  it('is before the eyes of whoever decides', async () => {
    const { body } = await admin.get<{ data: Record<string, unknown>[] }>('/audit/pending?kind=registration');
    expect(body.data).toMatchObject([{ application_name: 'Turned away', application_last_used_on: null }]);
  });
});
