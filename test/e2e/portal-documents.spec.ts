import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { ParserBusy } from '#documents/worker-queue.js';
import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let send: Send;
let product: string;
let start: string;

const TREE = 'application/vnd.konnect.document-tree+json';
const NODES = 'application/vnd.konnect.document-nodes+json';
const MARKDOWN = '# Start\n\nUse your *key*. <script>alert(1)</script>\n\n[bad](javascript:alert(1))\n';

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
  const { id: portal } = await send('CreatePortal', { name: 'Documents', is_public: true });
  ({ id: product } = await send('CreateProduct', { name: 'Documented', portal_ids: [portal] }));
  start = await write('start', MARKDOWN);
  await write('keys', 'About keys.', { parent_document_id: start });
  await write('draft', 'Not yet.', { status: 'unpublished' });
  for (let number = 1; number <= 11; number++) await write(`chapter-${number}`, `Chapter ${number}.`);
});
afterAll(() => server.stop());

async function write(slug: string, markdown: string, more: object = {}): Promise<string> {
  const bytes = Buffer.from(markdown);
  const { id } = await send('AddDocument', {
    product_id: product,
    slug,
    title: slug.toUpperCase(),
    status: 'published',
    metadata: { owner: 'docs' },
    content_sha256: await server.services.blobs.put(bytes),
    size: bytes.length,
    ...more,
  });
  return id;
}

const get = (rest = '', accept = 'application/json'): Promise<Answer> =>
  call('GET', `/api/v2/products/${product}/documents${rest}`, { headers: { accept }, token: null });
const slugs = ({ body }: Answer) => body.data.map(({ slug }) => slug);
const page = ({ body }: Answer) => (body['meta'] as { page: object }).page;

describe('the documents of a product', () => {
  it('are listed flat, those that are published', async () => {
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('vary')).toContain('Accept');
    expect(page(answer)).toEqual({ number: 1, size: 10, total: 13 });
    expect(slugs(answer).slice(0, 2)).toEqual(['start', 'keys']);
    expect(answer.body.data[1]).toMatchObject({
      parent_document_id: start,
      title: 'KEYS',
      metadata: { owner: 'docs' },
    });
    expect(slugs(await get('?page[size]=2&page[number]=7'))).toEqual(['chapter-11']);
  });

  it('are listed as a whole tree unless a page is asked for', async () => {
    const answer = await get('', TREE);
    expect(answer.headers.get('content-type')).toContain(TREE);
    expect(page(answer)).toEqual({ number: 1, size: 100, total: 12 });
    expect(answer.body.data[0]).toMatchObject({ slug: 'start', children: [{ slug: 'keys', children: [] }] });
    const first = await get('?page[size]=5', TREE);
    expect(first.body.data).toHaveLength(5);
    expect(page(first)).toEqual({ number: 1, size: 5, total: 12 });
  });

  it('say what is wrong', async () => {
    expect((await get('', 'image/png')).body.invalid_parameters).toMatchObject([{ field: 'Accept', rule: 'enum' }]);
    expect((await get('?page[size]=0')).status).toBe(400);
    const unknown = `/api/v2/products/${randomUUID()}/documents`;
    expect((await call('GET', unknown, { token: null })).status).toBe(404);
    expect((await call('GET', `${unknown}/start`, { token: null })).status).toBe(404);
    expect((await call('GET', '/api/v2/products/x/documents', { token: null })).status).toBe(400);
  });
});

describe('a document', () => {
  it.each(['slug', 'id'])('is found by its %s', async (by) => {
    const { status, body } = await get(`/${by === 'slug' ? 'start' : start}`);
    expect(status).toBe(200);
    expect(body).toEqual({ id: start, parent_document_id: null, slug: 'start', title: 'START', content: MARKDOWN });
  });

  it('is answered as nodes, without scripts and unsafe addresses', async () => {
    const answer = await get('/start', NODES);
    expect(answer.headers.get('content-type')).toContain(NODES);
    expect(answer.body).toMatchObject({
      slug: 'start',
      content: {
        type: 'document',
        children: [{ type: 'heading', level: 1 }, { type: 'paragraph' }, { type: 'paragraph' }],
      },
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/<script|javascript:/);
  });

  it('is read though uploads have to wait', async () => {
    const upload = jest.spyOn(server.services.specifications, 'documentNodes');
    upload.mockRejectedValue(new ParserBusy('full'));
    expect((await get('/chapter-1', NODES)).status).toBe(200);
    upload.mockRestore();
  });

  it('is answered as Markdown alone, which no browser runs', async () => {
    const answer = await fetch(`${server.url}/api/v2/products/${product}/documents/start`, {
      headers: { accept: 'text/markdown' },
    });
    expect(answer.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).toBe(MARKDOWN);
  });

  it('that is not published, or not there, does not exist', async () => {
    for (const name of ['draft', 'nothing', randomUUID(), '..%2Fstart', '%00'])
      expect((await get(`/${name}`)).status).toBe(404);
  });

  it('has an ETag of its own in each form', async () => {
    const [json, nodes] = [await get('/start'), await get('/start', NODES)];
    expect(json.headers.get('etag')).toMatch(/^"\d+\./);
    expect(nodes.headers.get('etag')).not.toBe(json.headers.get('etag'));
    const again = await call('GET', `/api/v2/products/${product}/documents/start`, {
      headers: { accept: 'application/json', 'if-none-match': json.headers.get('etag')! },
      token: null,
    });
    expect(again.status).toBe(304);
  });
});

it('needs a session on a private portal', async () => {
  const { services } = server;
  const portal = (await services.reads.find('portals', { where: [], limit: 1 }))[0]!.id;
  await send('ChangePortalSettings', { portal_id: portal, is_public: false });
  expect((await get()).status).toBe(401);
  expect((await get('/start')).status).toBe(401);
});
