import type { Send } from './commands.js';

export interface PortalScene {
  readonly portal: string;
  readonly keyStrategy: string;
  readonly oidcStrategy: string;
  readonly product: string;
  /** Published with API keys. */
  readonly version: string;
  /** Published with tokens of an identity provider, registrations approved automatically. */
  readonly oidcVersion: string;
  readonly ada: string;
  readonly bob: string;
  readonly adasApp: string;
  readonly bobsApp: string;
  /** Ada's, pending, for `version`. */
  readonly pending: string;
  /** Bob's, approved by policy with the scope `read`, for `oidcVersion`. */
  readonly approved: string;
}

/** A portal with a product, two approved developers, an application of each, and a registration of each application. */
export async function portalScene(send: Send, name = 'Scene'): Promise<PortalScene> {
  const { id: portal } = await send('CreatePortal', { name });
  const { id: keyStrategy } = await send('CreateAuthStrategy', {
    name: `${name} keys`,
    display_name: 'API keys',
    strategy_type: 'key_auth',
    configs: { 'key-auth': { key_names: ['x-api-key'], ttl: { value: 1, unit: 'years' } } },
  });
  const { id: oidcStrategy } = await send('CreateAuthStrategy', {
    name: `${name} tokens`,
    display_name: 'Tokens',
    strategy_type: 'openid_connect',
    configs: {
      'openid-connect': {
        issuer: 'https://idp.example.org',
        credential_claim: ['sub'],
        scopes: ['read', 'write'],
        auth_methods: ['client_credentials'],
      },
    },
  });
  const { id: product } = await send('CreateProduct', {
    name: `${name} API`,
    portal_ids: [portal],
    labels: { a: 'b' },
  });
  const version = await publish('v1', keyStrategy, false);
  const oidcVersion = await publish('v2', oidcStrategy, true);

  async function publish(versionName: string, strategy: string, auto: boolean): Promise<string> {
    const { id } = await send('AddProductVersion', { product_id: product, name: versionName });
    await send('PublishProductVersion', {
      product_id: product,
      product_version_id: id,
      portal_id: portal,
      auth_strategy_ids: [strategy],
      application_registration_enabled: true,
      auto_approve_registration: auto,
    });
    return id;
  }

  const ada = await developer('Ada Lovelace', 'ada@example.org');
  const bob = await developer('Bob Ørsted', 'Bob@example.com');

  async function developer(full_name: string, email: string): Promise<string> {
    const { id } = await send('RegisterDeveloper', { portal_id: portal, full_name, email });
    await send('ApproveDeveloper', { developer_id: id });
    return id;
  }

  const application = async (developer_id: string, title: string, auth_strategy_id: string): Promise<string> =>
    (await send('CreateApplication', { developer_id, name: title, auth_strategy_id })).id;
  const adasApp = await application(ada, 'Engine', keyStrategy);
  const bobsApp = await application(bob, 'Battery', oidcStrategy);
  const request = { application_id: adasApp, product_version_id: version };
  const { id: pending } = await send('RequestAccess', request);
  const withScope = { application_id: bobsApp, product_version_id: oidcVersion, scopes: ['read'] };
  const { id: approved } = await send('RequestAccess', withScope);
  return {
    ...{ portal, keyStrategy, oidcStrategy, product, version, oidcVersion },
    ...{ ada, bob, adasApp, bobsApp, pending, approved },
  };
}
