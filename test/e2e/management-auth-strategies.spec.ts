import { randomUUID } from 'node:crypto';
import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
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

const ALL = '/v2/application-auth-strategies';
const faults = ({ status, body }: Answer) => [status, body.invalid_parameters?.map(({ field }) => field)];

const keys = (name: string, config: object = {}) => ({
  name,
  display_name: `${name} for developers`,
  strategy_type: 'key_auth',
  configs: { 'key-auth': config },
});
const CONFIG = {
  issuer: 'https://idp.example.org',
  credential_claim: ['sub'],
  scopes: ['read', 'write'],
  auth_methods: ['client_credentials', 'bearer'],
};
const tokens = (name: string, config: object = CONFIG) => ({
  name,
  display_name: 'Tokens',
  strategy_type: 'openid_connect',
  configs: { 'openid-connect': config },
});
const create = (body: object, headers: Record<string, string> = {}) => call('POST', ALL, { body, headers });

describe('an auth strategy', () => {
  it('with API keys is created, and read back', async () => {
    const created = await create({ ...keys('plain'), labels: { a: 'b' }, principals: { enabled: false } });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      name: 'plain',
      display_name: 'plain for developers',
      strategy_type: 'key_auth',
      configs: { 'key-auth': { key_names: ['apikey'] } },
      active: false,
      dcr_provider: null,
      supports_multiple_credentials: true,
      labels: { a: 'b' },
    });
    const read = await call('GET', `${ALL}/${created.body.id}`);
    expect([read.body, read.headers.get('etag')]).toEqual([created.body, created.headers.get('etag')]);
  });

  it('with an identity provider keeps the settings that only its gateway knows', async () => {
    const { body } = await create(tokens('oidc', { ...CONFIG, cache_ttl: 60, 'b-list': [{ c: true }] }));
    const same = await call('PATCH', `${ALL}/${body.id}`, { body: { configs: body['configs'] } });
    expect([same.status, same.body, same.headers.get('gatehouse-position')]).toEqual([200, body, null]);
    expect(body).toMatchObject({
      configs: { 'openid-connect': { ...CONFIG, cache_ttl: 60, 'b-list': [{ c: true }] } },
      supports_multiple_credentials: false,
    });
  });

  it.each([
    ['nothing', {}, ['name', 'display_name', 'strategy_type', 'configs']],
    ['an unknown type', { ...keys('x'), strategy_type: 'basic' }, ['strategy_type']],
    ['the configuration of the other type', { ...keys('x'), configs: { 'openid-connect': CONFIG } }, ['configs']],
    ['a half configuration', tokens('x', { issuer: 'https://idp.example.org' }), undefined],
    ['an issuer that is no address', tokens('x', { ...CONFIG, issuer: 'idp' }), ['configs.openid-connect.issuer']],
    ['no key names', keys('x', { key_names: [] }), ['configs.key-auth.key_names']],
    ['a key name that is no header', keys('x', { key_names: ['a\r\nb'] }), ['configs.key-auth.key_names']],
    ['a lifetime of 0', keys('x', { ttl: { value: 0, unit: 'days' } }), ['configs.key-auth.ttl.value']],
    ['an unknown setting of keys', keys('x', { anonymous: true }), ['configs.key-auth.anonymous']],
    ['a provider', { ...tokens('x'), dcr_provider_id: '9f5061ce-78f6-4452-9108-ad7c02821fd5' }, ['dcr_provider_id']],
    ['a secret', tokens('x', { ...CONFIG, client_secret: ['hunter2'] }), ['configs']],
    ['principals', { ...keys('x'), principals: { enabled: true } }, ['principals.enabled']],
    ['an unknown field', { ...keys('x'), active: true }, ['active']],
    ['a command of another name', { ...keys('x'), replace: true }, ['replace']],
  ])('is refused with %s', async (_, body, fields) => {
    const answer = await create(body);
    expect(answer.status).toBe(400);
    if (fields) expect([...(faults(answer)[1] as string[])].sort()).toEqual([...fields].sort());
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
  });

  it('is changed in part, at the revision that was seen', async () => {
    const ttl = { value: 30, unit: 'days' };
    const created = await create({ ...keys('changing', { key_names: ['a'], ttl }), labels: { a: '1' } });
    const path = `${ALL}/${created.body.id}`;
    const headers = { 'if-match': created.headers.get('etag')! };
    const changed = await call('PATCH', path, {
      body: { display_name: 'Keys', configs: { 'key-auth': { key_names: ['b'] } }, labels: { b: '2' } },
      headers,
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      name: 'changing',
      display_name: 'Keys',
      configs: { 'key-auth': { key_names: ['b'], ttl } },
      labels: { a: '1', b: '2' },
    });
    expect((await call('PATCH', path, { body: { name: 'Late' }, headers })).status).toBe(412);
    const endless = await call('PATCH', path, { body: { configs: { 'key-auth': { ttl: null } }, labels: null } });
    expect(endless.body).toMatchObject({ configs: { 'key-auth': { key_names: ['b'] } }, labels: {} });
    expect(endless.body['configs']).toEqual({ 'key-auth': { key_names: ['b'] } });
    const type = await call('PATCH', path, { body: { strategy_type: 'openid_connect' } });
    expect(faults(type)).toEqual([400, ['strategy_type']]);
    expect(faults(await call('PATCH', path, { body: { replace: true } }))).toEqual([400, ['replace']]);
  });

  it('is replaced as a whole, which is answered with 201', async () => {
    const { body } = await create({ ...tokens('replaced', { ...CONFIG, cache_ttl: 60 }), labels: { a: '1' } });
    const path = `${ALL}/${body.id}`;
    const next = { ...tokens('renamed', { ...CONFIG, scopes: [] }), display_name: 'New' };
    const replaced = await call('PUT', path, { body: next });
    expect(replaced.status).toBe(201);
    expect(replaced.body).toMatchObject({ id: body.id, name: 'renamed', display_name: 'New', labels: {} });
    expect(replaced.body['configs']).toEqual({ 'openid-connect': { ...CONFIG, scopes: [] } });
    expect(faults(await call('PUT', path, { body: { name: 'X' } }))[0]).toBe(400);
    expect(faults(await call('PUT', path, { body: keys('X') }))).toEqual([400, ['strategy_type']]);
    expect((await call('PUT', `${ALL}/${randomUUID()}`, { body: next })).status).toBe(404);
  });

  it('is active while a version is published with it, and deleted only when nothing uses it', async () => {
    const { id } = (await create(keys('used'))).body;
    const path = `${ALL}/${id}`;
    const portal = (await send('CreatePortal', { name: 'User' })).id;
    const product = (await send('CreateProduct', { name: 'Using', portal_ids: [portal] })).id;
    const version = (await send('AddProductVersion', { product_id: product, name: 'v1' })).id;
    const publication = { product_id: product, product_version_id: version, portal_id: portal };
    await send('PreparePublication', { ...publication, auth_strategy_ids: [id] });
    expect((await call('GET', path)).body['active']).toBe(false);
    const refused = await call('DELETE', path);
    expect([refused.status, refused.body.code]).toEqual([409, 'auth_strategy_in_use']);
    await send('PublishProductVersion', publication);
    expect((await call('GET', path)).body['active']).toBe(true);
    expect((await call('GET', `${ALL}?filter[name]=used`)).body.data).toMatchObject([{ id, active: true }]);
    await send('RemovePublication', publication);
    await send('ChangePortalSettings', { portal_id: portal, default_application_auth_strategy_id: id });
    expect((await call('DELETE', path)).status).toBe(409);
    const person = { portal_id: portal, email: 'ada@example.org', full_name: 'Ada' };
    const { id: developer } = await send('RegisterDeveloper', person);
    await send('ConfirmEmail', { developer_id: developer }, { kind: 'developer', id: developer });
    await send('ApproveDeveloper', { developer_id: developer });
    const application = await send('CreateApplication', { developer_id: developer, name: 'Live' });
    await send('ChangePortalSettings', { portal_id: portal, default_application_auth_strategy_id: null });
    const live = await call('DELETE', path);
    expect([live.status, live.body.code]).toEqual([409, 'auth_strategy_in_use']);
    expect(live.body['detail']).toContain('used by 1 applications');
    await send('DeleteApplication', { application_id: application.id });
    expect((await call('DELETE', path)).status).toBe(204);
    for (const method of ['GET', 'DELETE'] as const) expect((await call(method, path)).status).toBe(404);
    expect((await call('PATCH', path, { body: {} })).status).toBe(404);
  });

  it('is made once for one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await create(keys('once'), headers);
    const again = await create(keys('once'), headers);
    expect([again.status, again.body]).toEqual([201, first.body]);
  });

  it('is for administrators', async () => {
    expect((await call('GET', ALL, { token: null })).status).toBe(401);
    expect((await call('POST', ALL, { token: null, body: keys('x') })).status).toBe(401);
  });
});

describe('the list of auth strategies', () => {
  beforeAll(async () => {
    await create({ ...keys('L Zeta'), display_name: 'Beta' });
    await create({ ...tokens('l alpha'), display_name: 'Alpha' });
    await create({ ...keys('L Mid'), display_name: 'Gamma' });
  });

  it.each([
    ['', ['l alpha', 'L Mid', 'L Zeta']],
    ['sort=created_at', ['L Zeta', 'l alpha', 'L Mid']],
    ['sort=display_name%20desc', ['L Mid', 'L Zeta', 'l alpha']],
    ['sort=strategy_type%20desc&filter[name][ocontains]=alpha,zeta', ['l alpha', 'L Zeta']],
    ['filter[strategy_type]=openid_connect', ['l alpha']],
    ['filter[strategy_type][neq]=openid_connect', ['L Mid', 'L Zeta']],
    ['filter[strategy_type][contains]=KEY', ['L Mid', 'L Zeta']],
    ['filter[name][eq]=L%20Mid', ['L Mid']],
    ['filter[display_name][contains]=MM', ['L Mid']],
    ['filter[display_name][oeq]=Alpha,Beta', ['l alpha', 'L Zeta']],
    ['filter[dcr_provider_type]=http', []],
    ['filter[dcr_provider_name][contains]=x', []],
    ['filter[dcr_provider_id][neq]=9f5061ce-78f6-4452-9108-ad7c02821fd5', ['l alpha', 'L Mid', 'L Zeta']],
    ['sort=dcr_provider_name,', undefined],
  ])('%s', async (query, expected) => {
    const answer = await call('GET', `${ALL}?page[size]=100&${query}`);
    if (!expected) expect(answer.status).toBe(400);
    else expect(answer.body.data.map(({ name }) => name).filter((name) => /^l /i.test(String(name)))).toEqual(expected);
  });

  it('comes in pages', async () => {
    const { body } = await call('GET', `${ALL}?filter[name][ocontains]=zeta,alpha,mid&page[size]=2&page[number]=2`);
    expect([body.data.map(({ name }) => name), body['meta']]).toEqual([
      ['L Zeta'],
      { page: { number: 2, size: 2, total: 3 } },
    ]);
  });

  it.each([
    ['sort=labels', 'sort'],
    ['filter[strategy_type]=basic', 'filter[strategy_type]'],
    ['filter[dcr_provider_id]=x', 'filter[dcr_provider_id]'],
    ['filter[active]=true', 'filter[active]'],
  ])('%s is a 400 that names it', async (query, field) => {
    expect(faults(await call('GET', `${ALL}?${query}`))).toEqual([400, [field]]);
  });
});
