import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf } from '../support/commands.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let product: string;
let version: string;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  const send = commandsOf(server);
  const portal = await send('CreatePortal', { name: 'Content', is_public: true });
  product = (await send('CreateProduct', { name: 'Hostile', portal_ids: [portal.id] })).id;
  version = (await send('AddProductVersion', { product_id: product, name: 'v1', publish_status: 'published' })).id;
});
afterAll(() => server.stop());

const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');
const specifications = () => `/v2/api-products/${product}/product-versions/${version}/specifications`;
const upload = (name: string, text: string | Buffer): Promise<Answer> =>
  call('POST', specifications(), { body: { name, content: base64(text) } });

/** A specification around these lines of YAML. */
const yaml = (...lines: readonly string[]): string =>
  ['openapi: 3.1.0', 'info: { title: T, version: "1" }', ...lines].join('\n');
const json = (paths: object, more: object = {}): string =>
  JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths, ...more });

const laughs = Array.from(
  { length: 12 },
  (_, level) =>
    `l${level}: &l${level} [${Array(10)
      .fill(level === 0 ? 'lol' : `*l${level - 1}`)
      .join(', ')}]`,
);
const levels = 5000;

describe('a specification', () => {
  it.each([
    ['a billion laughs', 'a.yaml', yaml('paths: {}', ...laughs)],
    ['brackets 5,000 deep', 'a.yaml', yaml(`paths: ${'['.repeat(levels)}${']'.repeat(levels)}`)],
    ['keys 5,000 deep', 'a.json', `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`],
    ['a key twice', 'a.yaml', yaml('paths: {}', 'paths: { /a: {} }')],
    ['a key twice, in JSON', 'a.json', '{"openapi":"3.1.0","openapi":"3.0.0","info":{"title":"T","version":"1"}}'],
    ['two documents', 'a.yaml', yaml('paths: {}', '---', 'openapi: 3.1.0')],
    ['a constructor of a type', 'a.yaml', yaml('paths: !!js/function "function () { return 1 }"')],
    [
      'path items that refer to each other',
      'a.json',
      json({ '/a': { $ref: '#/paths/~1b' }, '/b': { $ref: '#/paths/~1a' } }),
    ],
    ['bytes that are not UTF-8', 'a.json', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['a NUL', 'a.json', '{"openapi":"3.1.0"}\0'],
    ['nothing', 'a.json', ' '],
    ['a picture', 'a.yaml', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['something else', 'a.json', '{"swagger":"1.2"}'],
  ])('of %s is refused', async (_, name, text) => {
    const head = await server.services.store.head();
    const { status, body } = await upload(name, text);
    expect([status, body.invalid_parameters?.map(({ field }) => field)]).toEqual([400, ['content']]);
    expect(await server.services.store.head()).toBe(head);
  });

  it.each(['', 'no base64!', `${base64('{}')}=`, 'e30'])('as %j is no base64 of one', async (content) => {
    const { status, body } = await call('POST', specifications(), { body: { name: 'a.json', content } });
    expect([status, body.invalid_parameters?.map(({ field }) => field)]).toEqual([400, ['content']]);
  });

  it('may hold an alias of itself, which nobody unfolds', async () => {
    const { status, body } = await upload('a.yaml', yaml('paths: &p { /a: *p }'));
    expect(status).toBe(201);
    expect((await call('DELETE', `${specifications()}/${body.id}`)).status).toBe(204);
  });

  it('may have schemas that refer to themselves, and references elsewhere that nobody follows', async () => {
    const node = { type: 'object', properties: { next: { $ref: '#/components/schemas/Node' } } };
    const elsewhere = { $ref: `${server.url}/openapi.json#/info` };
    const text = json(
      { '/nodes': { get: { operationId: 'nodes', responses: { 200: elsewhere } } } },
      { components: { schemas: { Node: node, File: { $ref: 'file:///etc/passwd' } } } },
    );
    const answered = server.logLines.length;
    const { status, body } = await upload('loops.json', text);
    expect(status).toBe(201);
    const read = await call('GET', `${specifications()}/${body.id}`);
    expect(JSON.stringify(read.body)).not.toContain('root:');
    expect(server.logLines.slice(answered).join('')).not.toContain('readOpenApi');
    expect((await call('DELETE', `${specifications()}/${body.id}`)).status).toBe(204);
  });

  it('is a file in name only', async () => {
    const { status, body } = await upload('..json', json({}));
    if (status === 201) await call('DELETE', `${specifications()}/${body.id}`);
    const traversal = await upload('../../../../tmp/gatehouse.json', json({}));
    expect([201, 400]).toContain(traversal.status);
    await expect(import('node:fs').then(({ existsSync }) => existsSync('/tmp/gatehouse.json'))).resolves.toBe(false);
  });
});

const NODES = 'application/vnd.konnect.document-nodes+json';

async function write(slug: string, markdown: string): Promise<Answer> {
  const body = { slug, title: slug, status: 'published', content: markdown };
  return call('POST', `/v2/api-products/${product}/documents`, { body });
}

interface Node {
  readonly type?: string;
  readonly href?: string;
  readonly url?: string;
  readonly children?: readonly Node[];
}

/** Every address that a reader of the nodes would make a link or a picture of. */
const addresses = (node: Node): string[] => [
  ...(node.href === undefined ? [] : [node.href]),
  ...(node.url === undefined ? [] : [node.url]),
  ...(node.children ?? []).flatMap(addresses),
];
const types = (node: Node): string[] => [node.type ?? '', ...(node.children ?? []).flatMap(types)];

describe('a document', () => {
  const hostile = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[a](javascript:alert(1))',
    '[b](JaVaScRiPt:alert(1))',
    '[c](&#106;avascript:alert(1))',
    '[d](data:text/html;base64,PHNjcmlwdD4=)',
    '[e](vbscript:x)',
    '![f](javascript:alert(1))',
    '![g](data:image/svg+xml,<svg onload=alert(1)>)',
    '<javascript:alert(1)>',
    '[h][ref]\n\n[ref]: javascript:alert(1)',
    '[i](\u0001javascript:alert(1))',
    '[j](java\tscript:alert(1))',
    '<a href="javascript:alert(1)">k</a>',
    '[fine](https://example.org/a?b=c#d) [relative](../other) [mail](mailto:a@example.org)',
  ].join('\n\n');

  it('has no link that runs anything, and no HTML', async () => {
    expect((await write('hostile', hostile)).status).toBe(201);
    const path = `/api/v2/products/${product}/documents/hostile`;
    const { body } = await call('GET', path, { token: null, headers: { accept: NODES } });
    const content = body['content'] as Node;
    const found = addresses(content);
    expect(found).toEqual(expect.arrayContaining(['https://example.org/a?b=c#d']));
    for (const address of found)
      expect(address.replace(/[\s\u0000-\u0020]/g, '')).toMatch(/^(https?:|mailto:|[./#]|$)/i);
    expect(types(content)).not.toContain('html');
  });

  it('goes out as it came, marked as what it is', async () => {
    const response = await fetch(`${server.url}/api/v2/products/${product}/documents/hostile`, {
      headers: { accept: 'text/markdown' },
    });
    expect(response.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await response.text()).toBe(hostile);
  });

  it.each([
    ['quotes', '> '.repeat(3000) + 'x'],
    ['brackets', '['.repeat(3000)],
    ['lists', Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth * 2)}- x`).join('\n')],
    ['stars', '*a **a '.repeat(1500)],
    ['backticks', '`'.repeat(3000) + 'a' + '``'.repeat(1000)],
    ['tables', `${'|a'.repeat(500)}|\n${'|-'.repeat(500)}|\n${`${'|b'.repeat(500)}|\n`.repeat(20)}`],
  ])('of nothing but %s is stored or refused, and can be read', async (name, markdown) => {
    const { status, body } = await write(name, markdown);
    if (status !== 201) {
      expect([status, body.invalid_parameters?.map(({ field }) => field)]).toEqual([400, ['content']]);
      return;
    }
    const path = `/api/v2/products/${product}/documents/${name}`;
    expect((await call('GET', path, { token: null, headers: { accept: NODES } })).status).toBe(200);
    expect((await call('GET', '/api/v2/search/product-catalog?q=hostile', { token: null })).status).toBe(200);
  });
});
