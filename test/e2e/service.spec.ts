import { Validator } from '@seriousme/openapi-schema-validator';
import { allViews } from '#read-models/views/index.js';
import { OPERATIONS } from '../../apps/api/http/operation.js';
import { testClient, type TestClient } from '../support/client.js';
import { buildPortal } from '../support/portal.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let admin: TestClient;
let nobody: TestClient;

beforeAll(async () => {
  server = await startTestServer();
  admin = testClient(server.url, server.adminToken);
  nobody = testClient(server.url);
  await buildPortal(admin);
});
afterAll(() => server.stop());

const names = allViews.map(({ name }) => name);
const caughtUp = async () => server.services.projections.waitFor(await server.services.store.head(), 5_000);

interface Status {
  readonly log: { readonly id: string; readonly head: string };
  readonly views: readonly {
    readonly name: string;
    readonly position: string;
    readonly lag_seconds: number;
    readonly blocked: unknown;
  }[];
}

describe('health', () => {
  it('says that it lives and is ready', async () => {
    expect((await nobody.get('/livez')).body).toEqual({ status: 'ok' });
    await caughtUp();
    const ready = await nobody.get('/readyz');
    expect(ready.status).toBe(200);
    const engines = { event_store: 'up', read_models: 'up', vault: 'up' };
    expect(ready.body).toMatchObject({ status: 'ready', engines });
    expect(ready.body['views']).toEqual(names.map((name) => ({ name, live: true, blocked: false })));
  });
});

describe('GET /status', () => {
  it('says how far each view is', async () => {
    await caughtUp();
    const { body } = await admin.get<Status>('/status');
    expect(body.log).toEqual({
      id: server.services.store.logId,
      head: String(await server.services.store.head()),
    });
    expect(body.views.map(({ name }) => name)).toEqual(names);
    for (const view of body.views)
      expect(view).toMatchObject({ position: body.log.head, lag_seconds: 0, blocked: null });
  });

  it('gives the age of the oldest event that a view lacks', async () => {
    await server.services.projections.pause();
    await admin.command('CreateProduct', { name: 'Later' });
    server.advance(90_000);
    await admin.command('CreateProduct', { name: 'Later still' });
    const { body } = await admin.get<Status>('/status');
    expect(body.views[0]!.lag_seconds).toBeGreaterThanOrEqual(90);
    expect((await admin.get('/metrics')).text).toMatch(/gatehouse_view_lag_seconds\{view="portals"\} 9\d/);
    await server.services.projections.resume();
    await caughtUp();
    expect((await admin.get<Status>('/status')).body.views[0]!.lag_seconds).toBe(0);
  });
});

describe('views', () => {
  it('are rebuilt and retried when asked', async () => {
    const one = await admin.send('POST', '/views/rebuild', { body: { view: 'catalogue' } });
    expect([one.status, one.body]).toEqual([202, { views: ['catalogue'] }]);
    const all = await admin.send('POST', '/views/retry');
    expect([all.status, all.body]).toEqual([202, { views: names }]);
  });

  it('must exist', async () => {
    const answer = await admin.send('POST', '/views/rebuild', { body: { view: 'nonsense' } });
    expect(answer.status).toBe(400);
    expect(answer.body['invalid_parameters']).toMatchObject([{ field: 'view', choices: names }]);
    expect((await admin.send('POST', '/reactors/retry', { body: { reactor: 'nonsense' } })).status).toBe(400);
  });
});

describe('tokens', () => {
  it('are shown once, listed without their secret, and ended by name', async () => {
    const issued = await admin.send<{ token: string }>('POST', '/tokens', {
      body: { name: 'Night audit', role: 'auditor', days: 30 },
    });
    expect(issued.status).toBe(201);
    expect(issued.headers.get('cache-control')).toBe('no-store');
    const listed = await admin.get('/tokens');
    expect(listed.text).not.toContain(issued.body.token);
    expect(listed.body['data']).toMatchObject([{ name: 'Night audit', role: 'auditor' }]);
    const holder = testClient(server.url, issued.body.token);
    expect((await holder.get('/commands')).status).toBe(403);
    expect((await admin.send('DELETE', '/tokens/Night%20audit')).status).toBe(204);
    expect((await holder.get('/commands')).status).toBe(401);
    expect((await admin.send('DELETE', '/tokens/Night%20audit')).status).toBe(404);
    expect(server.logLines.join('')).not.toContain(issued.body.token);
  });

  it('expire', async () => {
    const issued = await admin.send<{ token: string }>('POST', '/tokens', {
      body: { name: 'briefly', role: 'integration', days: 1 },
    });
    const holder = testClient(server.url, issued.body.token);
    expect((await holder.get('/commands')).status).toBe(200);
    server.advance(86_400_000);
    expect((await holder.get('/commands')).status).toBe(401);
  });

  it.each([
    [{ name: 'admin', role: 'auditor' }, 'name'],
    [{ name: ' System ', role: 'integration' }, 'name'],
    [{ name: 'key-expiry', role: 'integration' }, 'name'],
    [{ name: 'RegisterDeveloper', role: 'integration' }, 'name'],
    [{ name: '01a20daa-5a2a-7000-8000-000000000001', role: 'integration' }, 'name'],
    [{ name: 'x', role: 'king' }, 'role'],
    [{ name: 'x', role: 'auditor', days: 0 }, 'days'],
  ])('are not issued for %j', async (body, field) => {
    const answer = await admin.send('POST', '/tokens', { body });
    expect(answer.status).toBe(400);
    expect(answer.body['invalid_parameters']).toMatchObject([{ field }]);
  });
});

describe('documentation', () => {
  it('is a valid OpenAPI 3.1 document of every operation', async () => {
    const { body } = await nobody.get<{ openapi: string; paths: Record<string, object> }>('/openapi.json');
    const result = await new Validator().validate(body);
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths).length).toBe(new Set(OPERATIONS.map(({ path }) => path)).size);
  });

  it('refers only to schemas that there are', async () => {
    const { body, text } = await nobody.get<{ components: { schemas: object } }>('/openapi.json');
    const referred = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
    expect([...referred].filter((name) => !(name! in body.components.schemas))).toEqual([]);
  });

  it('has a schema of its own for each command', async () => {
    const { body } = await nobody.get<{ paths: Record<string, { post?: { requestBody: object } }> }>('/openapi.json');
    expect(body.paths['/commands/RotateCredential']!.post!.requestBody).toMatchObject({
      content: { 'application/json': { schema: { required: ['application_id', 'credential_id'] } } },
    });
  });

  it('is a page that loads only files of this server', async () => {
    const page = await nobody.get('/docs');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      expect(file).toMatch(/^\/docs\//);
      const answer = await nobody.get(file);
      expect([file, answer.status]).toEqual([file, 200]);
      expect(answer.text.length).toBeGreaterThan(100);
    }
  });

  it.each(['package.json', '..%2fpackage.json', 'constructor', 'swagger-ui.js'])(
    'serves no other file: %s',
    async (name) => {
      expect((await nobody.get(`/docs/${name}`)).status).toBe(404);
    },
  );

  it('is found from the first page', async () => {
    const { text, headers } = await nobody.get('/');
    expect(text).toContain('href="/docs"');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('GET /metrics', () => {
  it('measures answers, commands and the process', async () => {
    const { text, headers } = await nobody.get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    for (const name of [
      'gatehouse_http_request_duration_seconds_bucket{le="1",operation="sendCreateProduct",status="200"}',
      'gatehouse_command_stage_seconds_count{stage="append"}',
      'gatehouse_password_hashes{state="waiting"} 0',
      'gatehouse_view_blocked{view="search"} 0',
      'process_cpu_seconds_total',
    ]) {
      expect(text).toContain(name);
    }
  });
});

it.each([
  ['GET', '/status'],
  ['POST', '/views/rebuild'],
  ['POST', '/views/retry'],
  ['POST', '/reactors/retry'],
  ['POST', '/tokens'],
  ['GET', '/tokens'],
  ['DELETE', '/tokens/x'],
])('%s %s is for administrators', async (method, path) => {
  expect((await nobody.send(method, path)).status).toBe(401);
});
