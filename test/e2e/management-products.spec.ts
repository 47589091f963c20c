import { randomUUID } from 'node:crypto';
import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let send: Send;
let portal: string;
let other: string;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
  portal = (await send('CreatePortal', { name: 'Acme' })).id;
  other = (await send('CreatePortal', { name: 'Other' })).id;
});
afterAll(() => server.stop());

const ALL = '/v2/api-products';
const faults = ({ status, body }: Answer) => [status, body.invalid_parameters?.map(({ field }) => field)];
const create = async (body: object) => (await call('POST', ALL, { body })).body.id;

describe('a product', () => {
  it('is created with a name alone, and read back with an ETag', async () => {
    const created = await call('POST', ALL, { body: { name: ' Weather ' } });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      name: 'Weather',
      description: null,
      portal_ids: [],
      portals: [],
      version_count: 0,
      labels: {},
      public_labels: {},
    });
    const read = await call('GET', `${ALL}/${created.body.id}`);
    expect(read.body).toEqual(created.body);
    expect(read.headers.get('etag')).toBe(created.headers.get('etag'));
    expect((await call('GET', `${ALL}/${created.body.id.toUpperCase()}`)).body).toEqual(created.body);
    const headers = { 'if-none-match': read.headers.get('etag')! };
    expect((await call('GET', `${ALL}/${created.body.id}`, { headers })).status).toBe(304);
  });

  it('is listed by the portals that it names', async () => {
    const { body } = await call('POST', ALL, {
      body: { name: 'Listed', description: 'On one', labels: { env: 'test' }, portal_ids: [portal] },
    });
    expect(body).toMatchObject({
      description: 'On one',
      labels: { env: 'test' },
      portal_ids: [portal],
      portals: [{ portal_id: portal, portal_name: 'Acme' }],
    });
    const moved = await call('PATCH', `${ALL}/${body.id}`, { body: { portal_ids: [other] } });
    expect(moved.body['portals']).toEqual([{ portal_id: other, portal_name: 'Other' }]);
    const nowhere = await call('PATCH', `${ALL}/${body.id}`, { body: { portal_ids: [] } });
    expect(nowhere.body['portal_ids']).toEqual([]);
  });

  it('is changed in part, at the revision that was seen', async () => {
    const body = { name: 'Changing', labels: { a: '1', b: '2' }, public_labels: { x: 'y' } };
    const created = await call('POST', ALL, { body });
    const path = `${ALL}/${created.body.id}`;
    const seen = { 'if-match': created.headers.get('etag')! };
    const changed = await call('PATCH', path, {
      body: { description: 'New', labels: { a: null, c: '3' } },
      headers: seen,
    });
    expect(changed.body).toMatchObject({
      name: 'Changing',
      description: 'New',
      labels: { b: '2', c: '3' },
      public_labels: { x: 'y' },
    });
    expect((await call('PATCH', path, { body: { name: 'Late' }, headers: seen })).status).toBe(412);
    expect((await call('PATCH', path, { body: {} })).body).toEqual(changed.body);
    const cleared = await call('PATCH', path, { body: { description: null, labels: null } });
    expect(cleared.body).toMatchObject({ description: null, labels: {} });
  });

  it.each([
    [{}, ['name']],
    [{ name: '' }, ['name']],
    [{ name: 'x'.repeat(101) }, ['name']],
    [{ name: 'X', colour: 'red' }, ['colour']],
    [{ name: 'X', labels: { 'kong-x': 'y' } }, ['labels']],
    [{ name: 'X', portal_ids: ['acme'] }, ['portal_ids']],
    [{ name: 'X', portal_ids: ['9f5061ce-78f6-4452-9108-ad7c02821fd5'] }, ['portal_ids']],
    [{ name: 'X', product_id: '9f5061ce-78f6-4452-9108-ad7c02821fd5' }, ['product_id']],
  ])('says what is wrong with %j', async (body, fields) => {
    expect(faults(await call('POST', ALL, { body }))).toEqual([400, fields]);
  });

  it('must come as JSON', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect((await call('POST', ALL, { body: { name: 'X' }, headers })).status).toBe(415);
  });

  it('is made once for one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await call('POST', ALL, { body: { name: 'Once' }, headers });
    const again = await call('POST', ALL, { body: { name: 'Once' }, headers });
    expect([again.status, again.body]).toEqual([201, first.body]);
  });

  it('is deleted, with the reason in the log', async () => {
    const id = await create({ name: 'Doomed', portal_ids: [portal] });
    const path = `${ALL}/${id}`;
    const headers = { 'x-gatehouse-reason': 'No%20longer%20sold' };
    expect((await call('DELETE', path, { headers })).status).toBe(204);
    const [deleted] = await server.services.store.readStream(`product-${id}`, { backwards: true, limit: 1 });
    expect(deleted).toMatchObject({ type: 'product.deleted.v1', data: { reason: 'No longer sold' } });
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('DELETE', path)).status).toBe(404);
    expect((await call('PATCH', path, { body: { name: 'X' } })).status).toBe(404);
  });

  it('is no longer on a portal that is deleted', async () => {
    const { id: gone } = await send('CreatePortal', { name: 'Gone' });
    const path = `${ALL}/${await create({ name: 'Left', portal_ids: [gone] })}`;
    await send('DeletePortal', { portal_id: gone });
    expect((await call('GET', path)).body).toMatchObject({ portal_ids: [], portals: [] });
  });

  it('that is not there is a 404', async () => {
    expect((await call('GET', `${ALL}/${randomUUID()}`)).status).toBe(404);
    expect((await call('GET', `${ALL}/not-a-uuid`)).status).toBe(404);
    expect((await call('PATCH', `${ALL}/${randomUUID()}`, { body: {} })).status).toBe(404);
  });

  it('is for administrators', async () => {
    expect((await call('GET', ALL, { token: null })).status).toBe(401);
    expect((await call('POST', ALL, { token: null, body: { name: 'X' } })).status).toBe(401);
  });
});

describe('the list of products', () => {
  let names: (query: string) => Promise<unknown[]>;

  beforeAll(async () => {
    await create({ name: 'Q Zebra', labels: { team: 'red', env: 'test' } });
    await create({ name: 'q alpha', labels: { team: 'redder' }, public_labels: { kind: 'rest' } });
    await create({ name: 'Q Ärger', public_labels: { team: 'red' } });
    names = async (query) => {
      const answer = await call('GET', `${ALL}?${query}`);
      return answer.body.data.map(({ name }) => name).filter((name) => /^q /i.test(String(name)));
    };
  });

  it.each([
    ['page[size]=100', ['q alpha', 'Q Ärger', 'Q Zebra']],
    ['page[size]=100&sort=name%20desc', ['Q Zebra', 'Q Ärger', 'q alpha']],
    ['filter[name]=Q%20Zebra', ['Q Zebra']],
    ['filter[name][eq]=q%20zebra', []],
    ['filter[name][contains]=ZEB', ['Q Zebra']],
    ['filter[name][contains]=q%20arg', ['Q Ärger']],
    ['filter[name][oeq]=Q%20Zebra,q%20alpha', ['q alpha', 'Q Zebra']],
    ['filter[name][ocontains]=zebra,alpha', ['q alpha', 'Q Zebra']],
    ['filter[name][neq]=Q%20Zebra&page[size]=100', ['q alpha', 'Q Ärger']],
    ['labels=team', ['q alpha', 'Q Zebra']],
    ['labels=team:red', ['Q Zebra']],
    ['labels=team,env:test', ['Q Zebra']],
    ['labels=team:redder,env', []],
    ['public_labels=team:red', ['Q Ärger']],
    ['public_labels=kind&labels=team:redder', ['q alpha']],
  ])('%s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('comes in pages', async () => {
    const { body } = await call('GET', `${ALL}?filter[name][contains]=q%20&page[size]=2&page[number]=2`);
    expect([body.data.map(({ name }) => name), body['meta']]).toEqual([
      ['Q Zebra'],
      { page: { number: 2, size: 2, total: 3 } },
    ]);
  });

  it.each([
    ['sort=created_at', 'sort'],
    ['page[size]=101', 'page[size]'],
    ['filter[description]=x', 'filter[description]'],
    ['q=x', 'q'],
  ])('%s is a 400 that names it', async (query, field) => {
    expect(faults(await call('GET', `${ALL}?${query}`))).toEqual([400, [field]]);
  });
});
