import type { TestClient } from './client.js';

/** A private portal with one published version of one product, keys in the header `apikey`, and an approved developer. */
export interface TestPortal {
  readonly portalId: string;
  readonly strategyId: string;
  readonly productId: string;
  readonly versionId: string;
  readonly developerId: string;
}

/** Builds it through the command API. */
export async function buildPortal(admin: TestClient, settings: object = {}): Promise<TestPortal> {
  const strategy = await admin.command('CreateAuthStrategy', {
    name: 'keys',
    display_name: 'API keys',
    strategy_type: 'key_auth',
    configs: { 'key-auth': { key_names: ['apikey', 'X-API-Key'] } },
  });
  const portal = await admin.command('CreatePortal', {
    name: 'petstore-portal',
    default_application_auth_strategy_id: strategy.result.id,
    ...settings,
  });
  const product = await admin.command('CreateProduct', { name: 'Petstore', portal_ids: [portal.result.id] });
  const version = await admin.command('AddProductVersion', { product_id: product.result.id, name: 'v1' });
  await admin.command('PublishProductVersion', {
    product_id: product.result.id,
    product_version_id: version.result.id,
    portal_id: portal.result.id,
    application_registration_enabled: true,
  });
  return {
    portalId: portal.result.id,
    strategyId: strategy.result.id,
    productId: product.result.id,
    versionId: version.result.id,
    developerId: await approvedDeveloper(admin, portal.result.id, 'ada@example.com', 'Ada Lovelace'),
  };
}

export async function approvedDeveloper(
  admin: TestClient,
  portalId: string,
  email: string,
  full_name: string,
): Promise<string> {
  const { result } = await admin.command('RegisterDeveloper', { portal_id: portalId, email, full_name });
  await admin.command('ApproveDeveloper', { developer_id: result.id, reason: 'Known partner.' });
  return result.id;
}

export interface TestApplication {
  readonly applicationId: string;
  readonly registrationId: string;
  readonly credentialId: string;
  readonly key: string;
}

/** An application that has asked for access to the portal's version, with a key. */
export async function buildApplication(
  admin: TestClient,
  portal: TestPortal,
  name = 'Fleet',
): Promise<TestApplication> {
  const application = await admin.command('CreateApplication', { developer_id: portal.developerId, name });
  const application_id = application.result.id;
  const registration = await admin.command('RequestAccess', {
    application_id,
    product_version_id: portal.versionId,
    reason: 'We sync our fleet nightly.',
  });
  const credential = await admin.command('GenerateCredential', { application_id, display_name: 'production' });
  return {
    applicationId: application_id,
    registrationId: registration.result.id,
    credentialId: credential.result.id,
    key: String(credential.result['credential']),
  };
}
