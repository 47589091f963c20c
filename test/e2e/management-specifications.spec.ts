import { randomUUID } from 'node:crypto';
import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let send: Send;
let product: string;
let base: string;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
  product = (await send('CreateProduct', { name: 'Weather' })).id;
  base = `/v2/api-products/${product}`;
});
afterAll(() => server.stop());

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
const faults = ({ status, body }: Answer) => [status, body.code, body.invalid_parameters?.map(({ field }) => field)];
const refused = ({ status, body }: Answer) => [status, body.code];

const YAML = `openapi: 3.0.3
info: { title: Wetter ☂, version: '1' }
paths:
  /now:
    get: { operationId: now, summary: Weather now }
`;
const JSON_TEXT = JSON.stringify({ openapi: '3.1.0', info: { title: 'W', version: '2' }, paths: {} });

describe('a specification', () => {
  let specifications: string;
  let version: string;

  beforeEach(async () => {
    version = (await send('AddProductVersion', { product_id: product, name: 'v' })).id;
    specifications = `${base}/product-versions/${version}/specifications`;
  });

  const upload = (content: unknown, name = 'oas.yaml') => call('POST', specifications, { body: { name, content } });

  it('is uploaded as base64, and comes back as the text that it is', async () => {
    expect((await call('GET', specifications)).body).toMatchObject({ data: [], meta: { page: { total: 0 } } });
    const created = await upload(base64(YAML));
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ name: 'oas.yaml', content: YAML });
    const read = await call('GET', `${specifications}/${created.body.id}`);
    expect([read.body, read.headers.get('etag')]).toEqual([created.body, created.headers.get('etag')]);
    const list = await call('GET', specifications);
    expect(list.body).toEqual({ data: [created.body], meta: { page: { number: 1, size: 10, total: 1 } } });
  });

  it('is made once for one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { name: 'oas.yaml', content: base64(YAML) };
    const first = await call('POST', specifications, { body, headers });
    const second = await call('POST', specifications, { body, headers });
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });

  it('is stored with the list of its operations', async () => {
    await upload(base64(YAML));
    const { state } = await server.services.cache.load('product', product);
    const { versions } = state as { versions: { id: string; specification: { operations_sha256: string } }[] };
    const { specification } = versions.find(({ id }) => id === version)!;
    const operations = await server.services.blobs.get(specification.operations_sha256);
    expect(JSON.parse(Buffer.from(operations!).toString())).toMatchObject([
      { path: '/now', method: 'get', operation_id: 'now', summary: 'Weather now' },
    ]);
  });

  it('is one for each version', async () => {
    await upload(base64(YAML));
    expect(refused(await upload(base64(JSON_TEXT), 'b.json'))).toEqual([409, 'specification_exists']);
  });

  it('is renamed and replaced', async () => {
    const created = await upload(base64(YAML));
    const path = `${specifications}/${created.body.id}`;
    const headers = { 'if-match': created.headers.get('etag')! };
    const renamed = await call('PATCH', path, { body: { name: 'weather.yml' }, headers });
    expect(renamed.body).toMatchObject({ name: 'weather.yml', content: YAML });
    expect((await call('PATCH', path, { body: { name: 'late.yml' }, headers })).status).toBe(412);
    const replaced = await call('PATCH', path, { body: { name: 'w.json', content: base64(JSON_TEXT) } });
    expect(replaced.body).toMatchObject({ id: created.body.id, name: 'w.json', content: JSON_TEXT });
    expect((await call('PATCH', path, { body: {} })).body).toEqual(replaced.body);
  });

  it('is removed', async () => {
    const path = `${specifications}/${(await upload(base64(YAML))).body.id}`;
    expect((await call('DELETE', path)).status).toBe(204);
    for (const method of ['GET', 'DELETE'] as const) expect((await call(method, path)).status).toBe(404);
    expect((await call('PATCH', path, { body: { name: 'x.json' } })).status).toBe(404);
    expect((await upload(base64(YAML))).status).toBe(201);
  });

  it.each([
    [{ name: 'oas.yaml' }, ['content']],
    [{ content: base64(YAML) }, ['name']],
    [{ name: 'oas.txt', content: base64(YAML) }, ['name']],
    [{ name: '../oas\u0000.yaml', content: base64(YAML) }, ['name']],
    [{ name: 'oas.yaml', content: '' }, ['content']],
    [{ name: 'oas.yaml', content: 7 }, ['content']],
    [{ name: 'oas.yaml', content: base64(YAML), size: 1 }, ['size']],
    [{ name: 'oas.yaml', content: base64(YAML), content_sha256: '0'.repeat(64) }, ['content_sha256']],
  ])('says which field of the body is wrong (%#)', async (body, fields) => {
    expect(faults(await call('POST', specifications, { body }))).toEqual([400, 'invalid_parameters', fields]);
  });

  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (let n = 98; n < 106; n++) {
    const [name, last] = [String.fromCharCode(n), String.fromCharCode(n - 1)];
    bomb.push(`${name}: &${name} [${`*${last}, `.repeat(9)}*${last}]`);
  }
  const cycle = {
    openapi: '3.1.0',
    info: { title: 'x', version: '1' },
    paths: { '/a': { $ref: '#/paths/~1b' }, '/b': { $ref: '#/paths/~1a' } },
  };

  it.each([
    ['no base64', YAML, 'not_base64'],
    ['base64 for addresses', base64('openapi: 3.0.0?>').replace('/', '_') + '-_', 'not_base64'],
    ['no UTF-8', base64(Uint8Array.of(0xff, 0xfe, 0x00)), 'has_nul'],
    ['ill-formed UTF-8', base64(Uint8Array.of(0x61, 0xc3)), 'not_utf8'],
    ['no YAML', base64('a: [b'), 'not_json_or_yaml'],
    ['no OpenAPI', base64('a: b'), 'not_openapi'],
    ['an unknown version', base64('openapi: 4.0.0\ninfo: {title: x}\npaths: {}'), 'unsupported_version'],
    ['a repeated key', base64('{"openapi":"3.1.0","openapi":"3.1.0"}'), 'duplicate_key'],
    ['10,000 levels', base64('['.repeat(10_000)), 'too_deep'],
    ['a YAML bomb', base64(bomb.join('\n')), 'too_many_aliases'],
    ['a circle of references', base64(JSON.stringify(cycle)), 'cyclic_ref'],
  ])('is refused where it is %s, and nothing is stored', async (_, content, code) => {
    const answer = await upload(content);
    expect(faults(answer)).toEqual([400, code, ['content']]);
    expect((await call('GET', specifications)).body.data).toEqual([]);
  });

  it('says where the fault is', async () => {
    const answer = await upload(base64('{\n"openapi":\n'), 'oas.json');
    expect(answer.body).toMatchObject({ code: 'not_json_or_yaml', line: 3 });
    const title = await upload(base64('openapi: 3.1.0\ninfo: {}'));
    expect(title.body).toMatchObject({ code: 'not_openapi', pointer: '/info/title' });
    expect(title.body.invalid_parameters).toMatchObject([{ rule: 'invalid' }]);
    expect((await upload('?')).body.invalid_parameters).toMatchObject([{ rule: 'is_base64' }]);
  });

  it('may be larger than other bodies', async () => {
    const document = { openapi: '3.1.0', info: { title: 'Large', version: '1', description: 'x'.repeat(3_000_000) } };
    const created = await upload(base64(JSON.stringify(document)), 'large.json');
    expect(created.status).toBe(201);
    expect(String(created.body['content'])).toHaveLength(JSON.stringify(document).length);
    expect(refused(await upload('A'.repeat(23 * 1024 * 1024), 'huge.json'))).toEqual([400, 'too_large']);
    expect((await upload('A'.repeat(25 * 1024 * 1024), 'huge.json')).status).toBe(413);
  });

  it('belongs to one version of one product', async () => {
    const { id } = (await upload(base64(YAML))).body;
    const sibling = (await send('AddProductVersion', { product_id: product, name: 'sibling' })).id;
    const foreign = `${base}/product-versions/${sibling}/specifications`;
    expect((await call('GET', `${foreign}/${id}`)).status).toBe(404);
    expect((await call('DELETE', `${foreign}/${id}`)).status).toBe(404);
    const nowhere = `${base}/product-versions/${randomUUID()}/specifications`;
    expect((await call('GET', nowhere)).status).toBe(404);
    const body = { name: 'oas.yaml', content: base64(YAML) };
    expect((await call('POST', nowhere, { body })).status).toBe(404);
  });
});
