import { createRequire } from 'node:module';
import {
  ApplicationAnalyticsApi,
  ApplicationsApi,
  CredentialsApi,
  DeveloperApi,
  DocumentationApi,
  PortalApi,
  ProductsApi,
  RegistrationsApi,
  SearchApi,
  VersionsApi,
} from '@kong/sdk-portal-js';
import type { PublishedSpec } from './published-spec.js';

type Axios = NonNullable<ConstructorParameters<typeof PortalApi>[2]>;

const require = createRequire(import.meta.url);
export const SDK_DOCUMENT = require.resolve('@kong/sdk-portal-js/openapi.yaml');
/** The client's own: it is handed in, as its README shows. */
const axios = createRequire(SDK_DOCUMENT)('axios') as { create(config: object): Axios };

export interface PortalSdk {
  readonly analytics: ApplicationAnalyticsApi;
  readonly applications: ApplicationsApi;
  readonly credentials: CredentialsApi;
  readonly developer: DeveloperApi;
  readonly documentation: DocumentationApi;
  readonly portal: PortalApi;
  readonly products: ProductsApi;
  readonly registrations: RegistrationsApi;
  readonly search: SearchApi;
  readonly versions: VersionsApi;
  /** What the answers have set, as a browser would send it. */
  readonly cookies: Map<string, string>;
}

export interface SdkOptions {
  readonly url: string;
  readonly spec: PublishedSpec;
  /** Every answer that the document allows. */
  readonly onAnswer: (operation: string, status: number) => void;
  readonly host?: string;
}

/**
 * The published client with a cookie jar (it attaches no cookie itself). Every answer, refusals included, is held against the
 * OpenAPI document that comes with it; no status throws.
 */
export function portalSdk({ url, spec, onAnswer, host }: SdkOptions): PortalSdk {
  const cookies = new Map<string, string>();
  const client = axios.create({
    baseURL: url,
    validateStatus: () => true,
    maxRedirects: 0,
    headers: { accept: 'application/json', ...(host ? { host } : {}) },
  });
  client.interceptors.request.use((request) => {
    const pairs = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (pairs !== '') request.headers.set('cookie', pairs);
    return request;
  });
  client.interceptors.response.use((response) => {
    const { config, status, headers, data } = response;
    for (const line of (headers['set-cookie'] ?? []) as string[]) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '') cookies.delete(name!);
      else cookies.set(name!, value!);
    }
    const operation = spec.operationOf(config.method!, new URL(config.url!, url).pathname);
    const contentType = headers['content-type'] as string | undefined;
    spec.check(operation, { status, contentType, body: /^image\//.test(contentType ?? '') ? String(data) : data });
    onAnswer(operation.id, status);
    return response;
  });
  const api = <T>(type: new (configuration: undefined, basePath: string, axios: Axios) => T): T =>
    new type(undefined, '', client);
  return {
    analytics: api(ApplicationAnalyticsApi),
    applications: api(ApplicationsApi),
    credentials: api(CredentialsApi),
    developer: api(DeveloperApi),
    documentation: api(DocumentationApi),
    portal: api(PortalApi),
    products: api(ProductsApi),
    registrations: api(RegistrationsApi),
    search: api(SearchApi),
    versions: api(VersionsApi),
    cookies,
  };
}
