import type { Call } from './checked-client.js';

/** A strategy whose clients are registered at the provider, and a version published with it on the portal. */
export async function registeringStrategy(
  call: Call,
  provider: { readonly provider_type: string; readonly issuer: string; readonly dcr_config: object },
  where: { readonly portal: string; readonly product: string },
  settings: { readonly name: string; readonly auto?: boolean; readonly auth_methods?: readonly string[] },
) {
  const { name, auto = false, auth_methods = ['client_credentials'] } = settings;
  const made = async (path: string, body: object) => {
    const answer = await call('POST', path, { body });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body.id;
  };
  const providerId = await made('/v2/dcr-providers', { name: `${name} provider`, ...provider });
  const strategy = await made('/v2/application-auth-strategies', {
    name: `${name} strategy`,
    display_name: name,
    strategy_type: 'openid_connect',
    configs: {
      'openid-connect': {
        issuer: provider.issuer,
        credential_claim: ['client_id'],
        scopes: ['read', 'write'],
        auth_methods,
      },
    },
    dcr_provider_id: providerId,
  });
  const version = await made(`/v2/api-products/${where.product}/product-versions`, { name: `${name} version` });
  await made(`/v2/portals/${where.portal}/product-versions`, {
    product_version_id: version,
    publish_status: 'published',
    auth_strategy_ids: [strategy],
    application_registration_enabled: true,
    auto_approve_registration: auto,
    deprecated: false,
  });
  return { provider: providerId, strategy, version };
}
