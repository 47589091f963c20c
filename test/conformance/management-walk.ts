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
  await products(admin, portalId);
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
