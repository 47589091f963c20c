import { randomUUID } from 'node:crypto';
import type { ConformanceScene } from './scene.js';

/** Sends a request with the administrator's token; the body of the answer. */
export type Admin = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const SPECIFICATION = JSON.stringify({ openapi: '3.0.3', info: { title: 'Shop', version: '1' }, paths: {} });

export interface People {
  readonly developerId: string;
  readonly applicationId: string;
  readonly registrationId: string;
}

/** Every operation of the management surface that is there: made, listed, read, changed, refused and deleted. */
export async function walkManagement(admin: Admin, scene: ConformanceScene, people: People): Promise<void> {
  const portalId = await portals(admin);
  await strategies(admin);
  await dcrProviders(admin);
  await products(admin, portalId);
  await signIn(admin, `/v2/portals/${scene.portal}`);
  await teams(admin, `/v2/portals/${scene.portal}`, people.developerId, scene.productId);
  await onPortal(admin, `/v2/portals/${scene.portal}`, people);
  await admin('DELETE', `/v2/portals/${portalId}`);
}

async function missing(admin: Admin, all: string): Promise<void> {
  await admin('GET', `${all}/${randomUUID()}`);
  await admin('PATCH', `${all}/${randomUUID()}`, {});
  await admin('DELETE', `${all}/${randomUUID()}`);
  await admin('GET', `${all}?page[size]=0`);
}

async function portals(admin: Admin): Promise<string> {
  const all = '/v2/portals';
  const { id } = await admin('POST', all, { name: 'Second', description: 'For partners', labels: { env: 'test' } });
  await admin('POST', all, { name: '' });
  await admin('GET', `${all}?page[size]=1&filter[name][contains]=sec`);
  await admin('GET', `${all}/${String(id)}`);
  await admin('PATCH', `${all}/${String(id)}`, { custom_domain: 'dev.example.org', auto_approve_developers: true });
  await admin('PATCH', `${all}/${String(id)}`, { name: 'petstore' });
  await missing(admin, all);
  return String(id);
}

async function strategies(admin: Admin): Promise<void> {
  const all = '/v2/application-auth-strategies';
  const keys = {
    name: 'more keys',
    display_name: 'More keys',
    strategy_type: 'key_auth',
    configs: { 'key-auth': { key_names: ['x-key'], ttl: { value: 30, unit: 'days' } } },
  };
  const tokens = {
    name: 'more tokens',
    display_name: 'More tokens',
    strategy_type: 'openid_connect',
    configs: {
      'openid-connect': {
        issuer: 'https://idp.example.org',
        credential_claim: ['sub'],
        scopes: ['read'],
        auth_methods: ['bearer'],
      },
    },
  };
  const { id } = await admin('POST', all, keys);
  const other = await admin('POST', all, tokens);
  await admin('POST', all, { name: 'half' });
  await admin('GET', `${all}?page[size]=100`);
  await admin('GET', `${all}/${String(id)}`);
  await admin('GET', `${all}/${String(other['id'])}`);
  await admin('PATCH', `${all}/${String(id)}`, { display_name: 'Keys of today' });
  await admin('PUT', `${all}/${String(id)}`, { ...keys, display_name: 'Replaced' });
  await admin('DELETE', `${all}/${String(id)}`);
  await missing(admin, all);
}

async function products(admin: Admin, portalId: string): Promise<void> {
  const all = '/v2/api-products';
  const { id } = await admin('POST', all, { name: 'Shop', description: 'Buys', labels: { a: 'b' } });
  const product = `${all}/${String(id)}`;
  await admin('POST', all, {});
  await admin('GET', `${all}?filter[name][contains]=sho&sort=name`);
  await admin('PATCH', product, { portal_ids: [portalId], public_labels: { team: 'shop' } });

  const version = await admin('POST', `${product}/product-versions`, { name: 'v1', publish_status: 'published' });
  const one = `${product}/product-versions/${String(version['id'])}`;
  await admin('POST', `${product}/product-versions`, { name: 'v1' });
  await admin('POST', `${product}/product-versions`, {});
  await admin('GET', `${product}/product-versions`);
  await admin('GET', one);
  await admin('PATCH', one, { deprecated: true, notify: false });

  const content = base64(SPECIFICATION);
  const specification = await admin('POST', `${one}/specifications`, { name: 'shop.json', content });
  await admin('POST', `${one}/specifications`, { name: 'shop.json', content });
  await admin('POST', `${one}/specifications`, { name: 'shop.txt', content: 'no base64!' });
  await admin('GET', `${one}/specifications`);
  await admin('GET', `${one}/specifications/${String(specification['id'])}`);
  await admin('PATCH', `${one}/specifications/${String(specification['id'])}`, { name: 'shop.yaml' });

  const document = { slug: 'start', title: 'Start', status: 'published', content: base64('# Start') };
  const start = await admin('POST', `${product}/documents`, document);
  await admin('POST', `${product}/documents`, document);
  await admin('POST', `${product}/documents`, { slug: 'No Slug' });
  await admin('GET', `${product}/documents`);
  await admin('GET', `${product}/documents/${String(start['id'])}`);
  await admin('PATCH', `${product}/documents/${String(start['id'])}`, { title: 'Begin' });

  const publications = `/v2/portals/${portalId}/product-versions`;
  await admin('GET', `/v2/portals/${portalId}/products`);
  await admin('POST', `/v2/portals/${portalId}/publish`, {
    api_products: { [String(id)]: { publish_status: 'published' } },
  });
  await admin('POST', `/v2/portals/${portalId}/publish`, {});
  const settings = {
    publish_status: 'published',
    application_registration_enabled: false,
    auto_approve_registration: false,
    auth_strategy_ids: [],
    deprecated: false,
  };
  await admin('POST', publications, { ...settings, product_version_id: version['id'] });
  await admin('POST', publications, {});
  await admin('GET', publications);
  await admin('GET', `${publications}/${String(version['id'])}`);
  await admin('PATCH', `${publications}/${String(version['id'])}`, { deprecated: true });
  await admin('PUT', `${publications}/${String(version['id'])}`, { ...settings, notify_developers: false });
  await admin('DELETE', `${publications}/${String(version['id'])}`);

  for (const [collection, item] of [
    [`${one}/specifications`, specification],
    [`${product}/documents`, start],
    [`${product}/product-versions`, version],
    [all, { id }],
  ] as const) {
    await admin('GET', `${collection}/${randomUUID()}`);
    await admin('DELETE', `${collection}/${randomUUID()}`);
    await admin('DELETE', `${collection}/${String(item['id'])}`);
  }
  await admin('GET', product);
}

async function dcrProviders(admin: Admin): Promise<void> {
  const all = '/v2/dcr-providers';
  const issuer = 'https://idp.example.org';
  const bridge = { dcr_base_url: 'https://bridge.example.org/dcr', api_key: 'kept_to_itself_1' };
  const { id } = await admin('POST', all, {
    name: 'bridge',
    display_name: 'Bridge',
    provider_type: 'http',
    issuer,
    dcr_config: bridge,
    labels: { env: 'test' },
  });
  await admin('POST', all, {
    name: 'okta',
    provider_type: 'okta',
    issuer,
    dcr_config: { dcr_token: 'kept to itself' },
  });
  const curity = { initial_client_id: 'admin', initial_client_secret: 'kept-to-itself' };
  await admin('POST', all, { name: 'curity', provider_type: 'curity', issuer, dcr_config: curity });
  await admin('POST', all, { name: 'auth0', provider_type: 'auth0', issuer, dcr_config: curity });
  await admin('POST', all, { name: 'half' });
  await admin('GET', `${all}?page[size]=2&sort=name`);
  await admin('GET', `${all}?filter[provider_type]=http&filter[name][contains]=brid`);
  const one = `${all}/${String(id)}`;
  await admin('GET', one);
  await admin('PATCH', one, { dcr_config: { disable_event_hooks: true }, labels: { env: null } });
  await admin('PATCH', one, { name: '' });
  await admin('POST', `${one}/verify`);
  await admin('POST', `${all}/${randomUUID()}/verify`);
  const strategy = await admin('POST', '/v2/application-auth-strategies', {
    name: 'clients',
    display_name: 'Clients',
    strategy_type: 'openid_connect',
    configs: { 'openid-connect': { issuer, credential_claim: ['sub'], scopes: ['read'], auth_methods: ['bearer'] } },
    dcr_provider_id: id,
  });
  await admin('GET', '/v2/application-auth-strategies?filter[dcr_provider_name]=bridge');
  await admin('DELETE', `/v2/application-auth-strategies/${String(strategy['id'])}`);
  await admin('DELETE', one);
  await missing(admin, all);
}

async function signIn(admin: Admin, portal: string): Promise<void> {
  const settings = `${portal}/authentication-settings`;
  await admin('GET', settings);
  await admin('PATCH', settings, { basic_auth_enabled: 'yes' });
  const all = `${portal}/identity-providers`;
  const config = { issuer_url: 'https://idp.example.org', client_id: 'portal', client_secret: 'kept to itself' };
  const { id } = await admin('POST', all, { type: 'oidc', enabled: false, config });
  await admin('POST', all, { type: 'oidc', enabled: true, config: { ...config, issuer_url: 'idp' } });
  await admin('GET', all);
  await admin('GET', `${all}?filter[type][eq]=oidc`);
  await admin('GET', `${all}?filter[type]=saml`);
  await admin('GET', `${all}/${String(id)}`);
  await admin('PATCH', `${all}/${String(id)}`, { enabled: true, config: { scopes: ['openid', 'email', 'groups'] } });
  await admin('PATCH', `${all}/${String(id)}`, { enabled: 'yes' });
  await admin('PATCH', settings, { oidc_auth_enabled: false, oidc_claim_mappings: { groups: 'roles' } });
  await admin('GET', settings);
  await admin('DELETE', `${all}/${String(id)}`);
  await admin('GET', `${all}/no-uuid`);
  for (const method of ['GET', 'DELETE']) await admin(method, `${all}/${randomUUID()}`);
  await admin('PATCH', `${all}/${randomUUID()}`, {});
}

async function teams(admin: Admin, portal: string, developerId: string, productId: string): Promise<void> {
  const all = `${portal}/teams`;
  const { id } = await admin('POST', all, { name: 'Partners', description: 'Who pays' });
  const team = `${all}/${String(id)}`;
  await admin('POST', all, { description: 'Nameless' });
  await admin('GET', `${all}?filter[name][contains]=part&page[size]=5`);
  await admin('GET', team);
  await admin('PATCH', team, { description: 'Who paid' });
  await admin('GET', `${all}/${randomUUID()}`);
  await admin('PATCH', `${all}/${randomUUID()}`, {});
  await admin('DELETE', `${all}/${randomUUID()}`);

  const members = `${team}/developers`;
  await admin('POST', members, { id: developerId });
  await admin('POST', members, { id: developerId });
  await admin('POST', members, { id: 'nobody' });
  await admin('POST', members, { id: randomUUID() });
  await admin('GET', `${members}?filter[email][contains]=ada&filter[active]=true`);
  await admin('GET', `${all}/${randomUUID()}/developers`);
  await admin('GET', `${portal}/developers/${developerId}/teams`);
  await admin('GET', `${portal}/developers/${randomUUID()}/teams`);

  await admin('GET', '/v2/portal-roles');
  const roles = `${team}/assigned-roles`;
  const role = {
    role_name: 'API Consumer',
    entity_id: productId,
    entity_type_name: 'Services',
    entity_region: '*',
  };
  const assigned = await admin('POST', roles, role);
  await admin('POST', roles, role);
  await admin('POST', roles, { ...role, entity_region: 'moon' });
  await admin('POST', `${all}/${randomUUID()}/assigned-roles`, role);
  await admin('GET', roles);
  await admin('GET', `${all}/${randomUUID()}/assigned-roles`);

  const mappings = `${portal}/identity-provider/team-group-mappings`;
  await admin('GET', mappings);
  await admin('PATCH', mappings, { data: [{ team_id: id, groups: ['devs'] }] });
  const provider = { issuer_url: 'https://idp.example.org', client_id: 'teams' };
  const made = await admin('POST', `${portal}/identity-providers`, { type: 'oidc', config: provider });
  await admin('PATCH', mappings, { data: [{ team_id: id, groups: ['devs'] }] });
  await admin('PATCH', mappings, { data: 'devs' });
  await admin('GET', mappings);
  await admin('PATCH', mappings, { data: [{ team_id: id, groups: [] }] });
  await admin('DELETE', `${portal}/identity-providers/${String(made['id'])}`);

  await admin('DELETE', `${roles}/${String(assigned['id'])}`);
  await admin('DELETE', `${roles}/${randomUUID()}`);
  await admin('DELETE', `${members}/${developerId}`);
  await admin('DELETE', `${members}/${developerId}`);
  await admin('DELETE', team);
}

async function onPortal(admin: Admin, portal: string, people: People): Promise<void> {
  const { developerId, applicationId, registrationId } = people;
  await admin('GET', `${portal}/developers?filter[email][contains]=ada`);
  await admin('GET', `${portal}/developers/${developerId}`);
  await admin('PATCH', `${portal}/developers/${developerId}`, { status: 'approved' });
  await admin('PATCH', `${portal}/developers/${developerId}`, { status: 'perhaps' });
  await missing(admin, `${portal}/developers`);
  await admin('GET', `${portal}/applications?filter[name]=Fleet`);
  await admin('GET', `${portal}/applications/${applicationId}`);
  await admin('GET', `${portal}/applications/${randomUUID()}`);
  await admin('GET', `/v2/applications/${applicationId}`);
  await admin('GET', `/v2/applications/${randomUUID()}`);
  await admin('GET', `${portal}/application-registrations?filter[status]=pending`);
  const registrations = `${portal}/applications/${applicationId}/registrations`;
  await admin('GET', registrations);
  await admin('GET', `${registrations}/${registrationId}`);
  await admin('PATCH', `${registrations}/${registrationId}`, { status: 'approved' });
  await admin('PATCH', `${registrations}/${registrationId}`, { status: 'perhaps' });
  await missing(admin, registrations);
  await admin('DELETE', `${registrations}/${registrationId}`);
  await admin('DELETE', `${portal}/applications/${applicationId}`);
  await admin('DELETE', `${portal}/developers/${developerId}`);
}
