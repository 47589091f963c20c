import type { PortalSdk } from './sdk.js';

/** What the uses below name. */
export interface Names {
  readonly applicationId: string;
  readonly credentialId: string;
  readonly registrationId: string;
  readonly productId: string;
  readonly productVersionId: string;
  readonly documentId: string;
  /** A list's; 0 is refused. */
  readonly pageSize: number;
}

type Answer = Promise<{ readonly status: number; readonly data?: unknown }>;
export type Use = (sdk: PortalSdk, names: Names) => Answer;

/** With a good range or, for a page of nothing, with one that is the wrong way round. */
const figures = (pageSize: number) =>
  ({ start_ms: Date.now(), end_ms: Date.now() + pageSize - 1, metrics: ['REQUEST_COUNT'] }) as never;

/** One plain use of every operation that needs a developer, or on a private portal one: to be made with good and bad names. */
export const USES: Readonly<Record<string, Use>> = {
  'list-applications': ({ applications }, { pageSize }) => applications.listApplications({ pageSize }),
  'create-application': ({ applications }, { pageSize }) =>
    applications.createApplication({ createApplicationPayload: { name: 'x'.repeat(pageSize) } }),
  'get-application': ({ applications }, { applicationId }) => applications.getApplication({ applicationId }),
  'update-application': ({ applications }, { applicationId }) =>
    applications.updateApplication({ applicationId, updateApplicationPayload: { description: 'Nightly' } }),
  'delete-application': ({ applications }, { applicationId }) => applications.deleteApplication({ applicationId }),
  'list-application-auth-strategies': ({ applications }, { pageSize }) =>
    applications.listApplicationAuthStrategies({ pageSize }),
  'get-application-product-version-granted-scopes': ({ applications }, { applicationId, productVersionId }) =>
    applications.getApplicationProductVersionGrantedScopes({ applicationId, productVersionId }),
  'list-credentials': ({ credentials }, { applicationId, pageSize }) =>
    credentials.listCredentials({ applicationId, pageSize }),
  'create-credential': ({ credentials }, { applicationId }) =>
    credentials.createCredential({ applicationId, createCredentialPayload: { display_name: 'production' } }),
  'update-credential': ({ credentials }, { applicationId, credentialId }) =>
    credentials.updateCredential({ applicationId, credentialId, updateCredentialPayload: { display_name: 'main' } }),
  'delete-credential': ({ credentials }, { applicationId, credentialId }) =>
    credentials.deleteCredential({ applicationId, credentialId }),
  'refresh-application-token': ({ credentials }, { applicationId }) =>
    credentials.refreshApplicationToken({ applicationId }),
  'list-application-registrations': ({ registrations }, { applicationId, pageSize }) =>
    registrations.listApplicationRegistrations({ applicationId, pageSize }),
  'create-application-registration': ({ registrations }, { applicationId, productVersionId }) =>
    registrations.createApplicationRegistration({
      applicationId,
      createRegistrationPayload: { product_version_id: productVersionId },
    }),
  'get-application-registration': ({ registrations }, { applicationId, registrationId }) =>
    registrations.getApplicationRegistration({ applicationId, registrationId }),
  'delete-application-registration': ({ registrations }, { applicationId, registrationId }) =>
    registrations.deleteApplicationRegistration({ applicationId, registrationId }),
  'get-application-registration-granted-scopes': ({ registrations }, { applicationId, registrationId }) =>
    registrations.getApplicationRegistrationGrantedScopes({ applicationId, registrationId }),
  'get-developer-me': ({ developer }) => developer.getDeveloperMe(),
  'list-products': ({ products }, { pageSize }) => products.listProducts({ pageSize }),
  'get-product': ({ products }, { productId }) => products.getProduct({ productId }),
  'get-product-actions': ({ products }, { productId }) => products.getProductActions({ productId }),
  'list-product-documents': ({ documentation }, { productId, pageSize }) =>
    documentation.listProductDocuments({ productId, pageSize }),
  'get-product-document': ({ documentation }, { productId, documentId }) =>
    documentation.getProductDocument({ productId, documentId }),
  'list-product-versions': ({ versions }, { productId, pageSize }) =>
    versions.listProductVersions({ productId, pageSize }),
  'get-product-version': ({ versions }, { productId, productVersionId }) =>
    versions.getProductVersion({ productId, productVersionId }),
  'get-applications-by-product-version': ({ versions }, { productId, productVersionId, pageSize }) =>
    versions.getApplicationsByProductVersion({ productId, productVersionId, pageSize }),
  'get-product-version-spec': ({ versions }, { productId, productVersionId }) =>
    versions.getProductVersionSpec({ productId, productVersionId }),
  'get-product-version-spec-operations': ({ versions }, { productId, productVersionId }) =>
    versions.getProductVersionSpecOperations({ productId, productVersionId }),
  'search-portal-entities': ({ search }, { pageSize }) =>
    search.searchPortalEntities({ indices: 'product-catalog', q: 'pet', pageSize }),
  'query-application-analytics': ({ analytics }, { pageSize }) =>
    analytics.queryApplicationAnalytics({ queryApplicationAnalytics: figures(pageSize) }),
  'get-application-analytics-config': ({ analytics }) => analytics.getApplicationAnalyticsConfig(),
};
