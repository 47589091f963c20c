import { randomUUID } from 'node:crypto';
import { checkedClient, type Answer, type Body, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let send: Send;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
});
afterAll(() => server.stop());

const names = ({ body }: Answer) => body.data.map(({ name }) => name);
const fields = (body: Body) => (body.invalid_parameters ?? []).map(({ field }) => field);

describe('portals', () => {
  it('need the admin role', async () => {
    expect((await call('GET', '/v2/portals', { token: null })).status).toBe(401);
    expect((await call('GET', '/v2/portals', { token: 'gha_not-a-token-that-exists' })).status).toBe(401);
    const issued = await call('POST', '/tokens', { body: { name: 'eve', role: 'auditor' } });
    const auditor = (issued.body as unknown as { token: string }).token;
    expect((await call('GET', '/v2/portals', { token: auditor })).status).toBe(403);
    expect((await call('POST', '/v2/portals', { token: auditor, body: { name: 'Eve' } })).status).toBe(403);
  });

  it('are created with a name alone, and read back with an ETag', async () => {
    const created = await call('POST', '/v2/portals', { body: { name: 'Acme' } });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      name: 'Acme',
      display_name: 'Acme',
      description: null,
      default_domain: 'acme.localhost',
      is_public: false,
      auto_approve_developers: false,
      custom_domain: null,
      default_application_auth_strategy_id: null,
      labels: {},
      application_count: 0,
      developer_count: 0,
      published_product_count: 0,
    });
    expect(created.headers.get('gatehouse-position')).toMatch(/\.\d+$/);
    const read = await call('GET', `/v2/portals/${created.body.id}`);
    expect(read.body).toEqual(created.body);
    expect(read.headers.get('etag')).toBe(created.headers.get('etag'));
    const headers = { 'if-none-match': read.headers.get('etag')! };
    expect((await call('GET', `/v2/portals/${created.body.id}`, { headers })).status).toBe(304);
  });

  it('say what is wrong with a body', async () => {
    const { status, body } = await call('POST', '/v2/portals', { body: { name: '', is_public: 'yes' } });
    expect(status).toBe(400);
    expect(fields(body).sort()).toEqual(['is_public', 'name']);
    expect(fields((await call('POST', '/v2/portals', { body: {} })).body)).toEqual(['name']);
    const unknown = await call('POST', '/v2/portals', { body: { name: 'X', keep_keys: true } });
    expect(unknown.body.invalid_parameters).toMatchObject([{ field: 'keep_keys', rule: 'unknown_property' }]);
  });

  it('have unique names and domains', async () => {
    await call('POST', '/v2/portals', { body: { name: 'Unique', custom_domain: 'dev.unique.example' } });
    const name = await call('POST', '/v2/portals', { body: { name: ' unique ' } });
    expect([name.status, name.body.code, name.body.field]).toEqual([409, 'portal_name_taken', 'name']);
    const other = await call('POST', '/v2/portals', { body: { name: 'Other' } });
    const domain = await call('PATCH', `/v2/portals/${other.body.id}`, {
      body: { custom_domain: 'DEV.unique.example' },
    });
    expect([domain.status, domain.body.code]).toEqual([409, 'portal_domain_taken']);
  });

  it('are changed in part, at the revision that was seen', async () => {
    const { body, headers } = await call('POST', '/v2/portals', { body: { name: 'Changing', labels: { a: '1' } } });
    const path = `/v2/portals/${body.id}`;
    const first = headers.get('etag')!;
    const changed = await call('PATCH', path, {
      body: { description: 'New', labels: { b: '2' }, auto_approve_applications: true },
      headers: { 'if-match': first },
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      name: 'Changing',
      description: 'New',
      labels: { a: '1', b: '2' },
      auto_approve_applications: true,
    });
    const late = await call('PATCH', path, { body: { description: 'Late' }, headers: { 'if-match': first } });
    expect(late.status).toBe(412);
    const same = await call('PATCH', path, { body: {} });
    expect(same.body).toEqual(changed.body);
    const cleared = await call('PATCH', path, { body: { description: null, labels: { a: null } } });
    expect(cleared.body).toMatchObject({ description: null, labels: { b: '2' } });
  });

  it('refuse a client domain without a domain, and a strategy that is not there', async () => {
    const { body } = await call('POST', '/v2/portals', { body: { name: 'Domains' } });
    const path = `/v2/portals/${body.id}`;
    const client = await call('PATCH', path, { body: { custom_client_domain: 'ui.example.org' } });
    expect([client.status, fields(client.body)]).toEqual([400, ['custom_client_domain']]);
    const strategy = await call('PATCH', path, { body: { default_application_auth_strategy_id: randomUUID() } });
    expect([strategy.status, fields(strategy.body)]).toEqual([400, ['default_application_auth_strategy_id']]);
  });

  it('are a 404 when they are not there', async () => {
    const path = `/v2/portals/${randomUUID()}`;
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('GET', '/v2/portals/not-a-uuid')).status).toBe(404);
    expect((await call('PATCH', path, { body: { name: 'X' } })).status).toBe(404);
    expect((await call('DELETE', path)).status).toBe(404);
  });

  it('answer a repeat with the same Idempotency-Key alike, and make one portal', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await call('POST', '/v2/portals', { body: { name: 'Once' }, headers });
    const again = await call('POST', '/v2/portals', { body: { name: 'Once' }, headers });
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });
});

describe('the list of portals', () => {
  const path = '/v2/portals';

  beforeAll(async () => {
    await send('CreatePortal', { name: 'List Été', description: 'Summer', is_public: true });
    await send('CreatePortal', { name: 'List Beta', description: 'Winter', custom_domain: 'Beta.Example.org' });
    await send('CreatePortal', { name: 'List Alpha', rbac_enabled: true });
  });

  const listed = async (query: string) => names(await call('GET', `${path}?${query}`));

  it.each([
    ['filter[name][contains]=list', ['List Alpha', 'List Beta', 'List Été']],
    ['filter[name][contains]=ete', ['List Été']],
    ['filter[name]=List%20Beta', ['List Beta']],
    ['filter[name][eq]=list%20beta', []],
    ['filter[name][oeq]=List%20Beta,%20List%20Alpha,none', ['List Alpha', 'List Beta']],
    ['filter[name][ocontains]=ALPHA,beta', ['List Alpha', 'List Beta']],
    ['filter[name][contains]=list&filter[name][neq]=List%20Beta', ['List Alpha', 'List Été']],
    ['filter[description][ocontains]=summ,wint', ['List Beta', 'List Été']],
    ['filter[is_public]=true', ['List Été']],
    ['filter[rbac_enabled]=true', ['List Alpha']],
    ['filter[custom_domain][contains]=beta.example', ['List Beta']],
    ['filter[default_domain]=list-ete.localhost', ['List Été']],
    ['filter[name][contains]=list&sort=name%20desc', ['List Été', 'List Beta', 'List Alpha']],
    ['filter[name][contains]=list&sort=-created_at', ['List Alpha', 'List Beta', 'List Été']],
    ['filter[name][contains]=list&page[size]=2&page[number]=2', ['List Été']],
  ])('%s', async (query, expected) => {
    expect(await listed(query)).toEqual(expected);
  });

  it('says how many there are', async () => {
    const { body } = await call('GET', `${path}?filter[name][contains]=list&page[size]=2`);
    expect(body.meta).toEqual({ page: { number: 1, size: 2, total: 3 } });
  });

  it.each([
    ['page[size]=0', 'page[size]'],
    ['page[size]=101', 'page[size]'],
    ['page[number]=x', 'page[number]'],
    ['sort=labels', 'sort'],
    ['filter[color]=red', 'filter[color]'],
    ['filter[is_public]=maybe', 'filter[is_public]'],
    ['filter[id]=7', 'filter[id]'],
  ])('%s is a 400 that names it', async (query, field) => {
    const { status, body } = await call('GET', `${path}?${query}`);
    expect([status, fields(body)]).toEqual([400, [field]]);
  });
});

describe('the deletion of a portal', () => {
  it('is refused while developers are there, unless forced', async () => {
    const portal = await send('CreatePortal', { name: 'Full' });
    await send('RegisterDeveloper', { portal_id: portal.id, email: 'a@full.example', full_name: 'A' });
    const path = `/v2/portals/${portal.id}`;
    const refused = await call('DELETE', path);
    expect([refused.status, refused.body.code, fields(refused.body)]).toEqual([400, 'portal_not_empty', ['force']]);
    expect((await call('DELETE', `${path}?force=false`)).status).toBe(400);
    expect(fields((await call('DELETE', `${path}?force=1`)).body)).toEqual(['force']);
    expect((await call('DELETE', `${path}?force=true`)).status).toBe(204);
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('GET', `${path}/developers`)).status).toBe(404);
  });

  it('of an empty one needs no force, and keeps the reason', async () => {
    const portal = await send('CreatePortal', { name: 'Empty' });
    const headers = { 'x-gatehouse-reason': encodeURIComponent('Zu Ende – danke') };
    expect((await call('DELETE', `/v2/portals/${portal.id}`, { headers })).status).toBe(204);
    const events = await server.services.store.readStream(`portal-${portal.id}`);
    expect(JSON.stringify(events.at(-1)?.data)).toContain('Zu Ende – danke');
  });
});
