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

describe('a document', () => {
  const MARKDOWN = '# Start\n\nSee [this](javascript:alert(1)) <script>alert(1)</script> & *that*.\n';
  const documents = () => `${base}/documents`;
  const add = (body: object) => call('POST', documents(), { body: { status: 'published', title: 'T', ...body } });

  it('is written as Markdown, and comes back with its nodes', async () => {
    const created = await add({ slug: 'start', title: 'Start', content: MARKDOWN, metadata: { author: 'Ada' } });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      slug: 'start',
      title: 'Start',
      status: 'published',
      parent_document_id: null,
      metadata: { author: 'Ada' },
      content: MARKDOWN,
      ast: [{ type: 'heading', level: 1 }, { type: 'paragraph' }],
    });
    expect(JSON.stringify(created.body['ast'])).not.toMatch(/javascript:|<script/);
    const read = await call('GET', `${documents()}/${created.body.id}`);
    expect([read.body, read.headers.get('etag')]).toEqual([created.body, created.headers.get('etag')]);
  });

  it('is written as base64 of Markdown as well, or without content', async () => {
    expect((await add({ slug: 'encoded', content: base64('# Encoded header\n') })).body['content']).toBe(
      '# Encoded header\n',
    );
    expect((await add({ slug: 'word', content: 'Info' })).body['content']).toBe('Info');
    expect((await add({ slug: 'empty' })).body).toMatchObject({ content: '', ast: [], metadata: {} });
  });

  it('has a slug of its own in the product', async () => {
    const first = await add({ slug: 'taken' });
    expect(refused(await add({ slug: 'taken' }))).toEqual([409, 'document_slug_taken']);
    const second = await add({ slug: 'free' });
    const path = `${documents()}/${second.body.id}`;
    expect(refused(await call('PATCH', path, { body: { slug: 'taken' } }))).toEqual([409, 'document_slug_taken']);
    expect((await call('DELETE', `${documents()}/${first.body.id}`)).status).toBe(204);
    expect((await call('PATCH', path, { body: { slug: 'taken' } })).body['slug']).toBe('taken');
  });

  it.each([
    [{ slug: 'a b' }, ['slug']],
    [{ slug: 'x'.repeat(81) }, ['slug']],
    [{ slug: '../x' }, ['slug']],
    [{ slug: 'x', title: '' }, ['title']],
    [{ slug: 'x', status: 'draft' }, ['status']],
    [{ slug: 'x', content: 1 }, ['content']],
    [{ slug: 'x', content: '\ud800' }, ['content']],
    [{ slug: 'x', metadata: [] }, ['metadata']],
    [{ slug: 'x', parent_document_id: 'y' }, ['parent_document_id']],
    [{ slug: 'x', size: 1 }, ['size']],
    [{ title: 'X' }, ['slug']],
  ])('says which field of %j is wrong', async (body, fields) => {
    expect(faults(await add(body))).toEqual([400, 'invalid_parameters', fields]);
  });

  it('holds no NUL, and metadata within bounds', async () => {
    expect(faults(await add({ slug: 'nul', content: 'a\u0000b' }))).toEqual([400, 'has_nul', ['content']]);
    const metadata = { text: 'x'.repeat(20_000) };
    expect(faults(await add({ slug: 'meta', metadata }))[2]).toEqual(['metadata']);
    const parent_document_id = randomUUID();
    expect(faults(await add({ slug: 'orphan', parent_document_id }))[2]).toEqual(['parent_document_id']);
  });

  it('is changed in part, at the revision that was seen', async () => {
    const created = await add({ slug: 'changing', content: '# One' });
    const path = `${documents()}/${created.body.id}`;
    const headers = { 'if-match': created.headers.get('etag')! };
    const body = { title: 'Changed', status: 'unpublished', metadata: { a: 1 } };
    const changed = await call('PATCH', path, { body, headers });
    expect(changed.body).toMatchObject({ ...body, slug: 'changing', content: '# One' });
    expect((await call('PATCH', path, { body, headers })).status).toBe(412);
    const rewritten = await call('PATCH', path, { body: { content: 'Two' } });
    expect(rewritten.body).toMatchObject({ title: 'Changed', content: 'Two', ast: [{ type: 'paragraph' }] });
    expect(faults(await call('PATCH', path, { body: { parent_document_id: created.body.id } }))[2]).toEqual([
      'parent_document_id',
    ]);
  });

  it('that is not there is a 404', async () => {
    const path = `${documents()}/${randomUUID()}`;
    for (const method of ['GET', 'DELETE'] as const) expect((await call(method, path)).status).toBe(404);
    expect((await call('PATCH', path, { body: {} })).status).toBe(404);
    const nowhere = `/v2/api-products/${randomUUID()}/documents`;
    expect((await call('GET', nowhere)).status).toBe(404);
    const body = { slug: 'x', title: 'X', status: 'published' };
    expect((await call('POST', nowhere, { body })).status).toBe(404);
  });
});

describe('the documents of a product', () => {
  const TREE = 'application/vnd.konnect.document-tree+json';
  let documents: string;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    documents = `/v2/api-products/${(await send('CreateProduct', { name: 'Documented' })).id}/documents`;
    const add = async (slug: string, parent?: string) => {
      const body = { slug, title: slug, status: 'unpublished', parent_document_id: parent ? ids[parent] : null };
      ids[slug] = (await call('POST', documents, { body })).body.id;
    };
    await add('guide');
    await add('reference');
    await add('install', 'guide');
    await add('linux', 'install');
    await add('use', 'guide');
  });

  const slugs = ({ body }: Answer) => body.data.map(({ slug }) => slug);
  interface Node {
    readonly slug: string;
    readonly children: readonly Node[];
  }
  const outline = (nodes: readonly Node[]): string =>
    nodes.map(({ slug, children }) => slug + (children.length > 0 ? `(${outline(children)})` : '')).join(' ');
  const tree = async (query = '') => {
    const { body, headers } = await call('GET', `${documents}${query}`, { headers: { accept: TREE } });
    expect([headers.get('content-type'), headers.get('vary')]).toEqual([`${TREE}; charset=utf-8`, 'Accept']);
    return outline(body.data as unknown as readonly Node[]);
  };

  it('are a flat list', async () => {
    const all = await call('GET', documents, { headers: { accept: 'application/json' } });
    expect(slugs(all)).toEqual(['guide', 'reference', 'install', 'linux', 'use']);
    expect(all.body.data[2]).toMatchObject({ parent_document_id: ids['guide'], status: 'unpublished' });
    const second = await call('GET', `${documents}?page[size]=2&page[number]=2`);
    expect(slugs(second)).toEqual(['install', 'linux']);
    expect(second.body['meta']).toEqual({ page: { number: 2, size: 2, total: 5 } });
  });

  it('are a tree, of which pages count roots', async () => {
    expect(await tree()).toBe('guide(install(linux) use) reference');
    expect(await tree('?page[size]=1&page[number]=2')).toBe('reference');
  });

  it('move within it, and up when their parent goes', async () => {
    const patch = (slug: string, body: object) => call('PATCH', `${documents}/${ids[slug]}`, { body });
    await patch('install', { parent_document_id: ids['reference'] });
    expect(await tree()).toBe('guide(use) reference(install(linux))');
    await patch('guide', { parent_document_id: null });
    expect(faults(await patch('reference', { parent_document_id: ids['linux'] }))[2]).toEqual(['parent_document_id']);
    expect((await call('DELETE', `${documents}/${ids['install']}`)).status).toBe(204);
    expect(await tree()).toBe('guide(use) reference(linux)');
  });

  it('come in no other form', async () => {
    const answer = await call('GET', documents, { headers: { accept: 'text/html' } });
    expect(faults(answer)).toEqual([400, 'invalid_parameters', ['Accept']]);
    expect(faults(await call('GET', `${documents}?sort=slug`))[2]).toEqual(['sort']);
  });
});
