import { checkedClient, type Call } from '../support/checked-client.js';
import { commandsOf } from '../support/commands.js';
import { portalClient, type PortalCall } from '../support/portal-client.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let scene: PortalScene;
let call: Call;
let ada: PortalCall;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  scene = await portalScene(commandsOf(server), 'Lines');
  ada = await portalClient(server, call, scene.ada, scene.portal);
});
afterAll(() => server.stop());

const SPLIT = 'a\r\nset-cookie: portalaccesstoken=b\r\n\r\n<html>';

describe.each([
  ['a line break', SPLIT],
  ['a carriage return', 'a\rb'],
  ['a line separator of Unicode', 'a\u2028b'],
  ['an escape sequence of terminals', '\u001b[2Jgone'],
  ['a text direction override', 'a\u202etxt.exe'],
])('%s', (_, value) => {
  it.each([
    ['/api/v2/applications', 'name', {}],
    ['/api/v2/applications', 'reference_id', { name: 'x' }],
    ['/v2/portals', 'name', {}],
    ['/v2/portals', 'display_name', { name: 'x' }],
    ['/v2/portals', 'custom_domain', { name: 'x' }],
    ['/v2/api-products', 'name', {}],
    ['/commands/RegisterDeveloper', 'full_name', { email: 'x@example.org' }],
    ['/commands/RegisterDeveloper', 'email', { full_name: 'x' }],
    ['/commands/GenerateCredential', 'display_name', {}],
    ['/tokens', 'name', { role: 'auditor' }],
  ])('is refused by %s in %s', async (path, field, more) => {
    const head = await server.services.store.head();
    const body = { ...more, ...ids(path), [field]: value };
    const {
      status,
      body: answer,
      headers,
    } = path.startsWith('/api/')
      ? await ada('POST', path.slice('/api/v2'.length), body)
      : await call('POST', path, { body });
    expect(headers.getSetCookie()).toEqual([]);
    expect(status).toBe(400);
    expect(answer.invalid_parameters?.map((one) => one.field)).toEqual([field]);
    expect(await server.services.store.head()).toBe(head);
  });
});

function ids(path: string): object {
  if (path === '/commands/RegisterDeveloper') return { portal_id: scene.portal };
  return path === '/commands/GenerateCredential' ? { application_id: scene.adasApp } : {};
}

describe('a path in a name', () => {
  it.each(['../start', '..', 'a/b', 'a\\b', '%2e%2e', 'a.md', ' '])('%j is no slug of a document', async (slug) => {
    const body = { slug, title: 'T', status: 'published', content: '# T' };
    const { status, body: answer } = await call('POST', `/v2/api-products/${scene.product}/documents`, { body });
    expect([status, answer.invalid_parameters?.map(({ field }) => field)]).toEqual([400, ['slug']]);
  });

  it.each(['../../log.db', 'a\0.json', 'a.json\n', '/etc/passwd'])('%j is no file of a specification', async (name) => {
    const path = `/v2/api-products/${scene.product}/product-versions/${scene.version}/specifications`;
    const { status, body } = await call('POST', path, { body: { name, content: 'e30=' } });
    expect([status, body.invalid_parameters?.map(({ field }) => field)]).toEqual([400, ['name']]);
  });
});

describe('a name that is a formula, a tag or a query', () => {
  it.each([
    '=cmd|calc',
    '<img src=x onerror=alert(1)>',
    "'; DROP TABLE docs; --",
    '${7*7}',
    '{{7*7}}',
    '%s%n',
    '__proto__',
  ])('%j is kept and found as it is', async (name) => {
    const body = { name, auth_strategy_id: scene.keyStrategy };
    expect((await ada('POST', '/applications', body)).status).toBe(201);
    const filter = `filter[name]=${encodeURIComponent(name)}`;
    const list = await call('GET', `/v2/portals/${scene.portal}/applications?${filter}`, {
      headers: { 'gatehouse-at-least': await position() },
    });
    expect(list.body.data.map((one) => one['name'])).toEqual([name]);
    expect(list.headers.get('content-type')).toMatch(/^application\/json/);
  });
});

describe('a reason', () => {
  it('may have several lines, and none of them becomes a header', async () => {
    const path = `/v2/portals/${scene.portal}/developers/${scene.ada}`;
    const headers = { 'x-gatehouse-reason': encodeURIComponent(SPLIT) };
    const answer = await call('PATCH', path, { body: { status: 'revoked' }, headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()).toEqual([]);
    const story = await call('GET', `/audit/developers/${scene.ada}`);
    expect(JSON.stringify(story.body)).toContain(JSON.stringify(SPLIT).slice(1, -1));
    expect(server.logLines.join('')).not.toContain('set-cookie: portalaccesstoken');
  });
});

const position = async (): Promise<string> => `${server.services.store.logId}.${await server.services.store.head()}`;
