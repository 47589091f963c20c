import { IssuerUnavailable } from './unavailable.js';

/** What Gatehouse uses of a provider's metadata (OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2). */
export interface ProviderMetadata {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly authorization_endpoint?: string;
  readonly token_endpoint?: string;
  readonly userinfo_endpoint?: string;
  readonly end_session_endpoint?: string;
  readonly registration_endpoint?: string;
  readonly scopes_supported?: readonly string[];
  readonly token_endpoint_auth_methods_supported?: readonly string[];
  readonly id_token_signing_alg_values_supported?: readonly string[];
  readonly code_challenge_methods_supported?: readonly string[];
  /** RFC 9207: answers carry `iss`. */
  readonly authorization_response_iss_parameter_supported?: boolean;
}

const ENDPOINTS = [
  'jwks_uri',
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'end_session_endpoint',
  'registration_endpoint',
] as const;
const LISTS = [
  'scopes_supported',
  'token_endpoint_auth_methods_supported',
  'id_token_signing_alg_values_supported',
  'code_challenge_methods_supported',
] as const;

/** Where an issuer publishes its metadata: at its own path (OpenID Connect), else before it (RFC 8414, section 3). */
export function wellKnownUrls(issuer: string): readonly string[] {
  const url = URL.parse(issuer);
  if (!url || url.search || url.hash) throw new IssuerUnavailable('The issuer must be an address without query.');
  const path = url.pathname.replace(/\/$/, '');
  return [
    `${url.origin}${path}/.well-known/openid-configuration`,
    `${url.origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

/**
 * Reads metadata. The issuer must be the one asked for, character by character (Discovery 1.0, section 4.3): else one provider
 * could speak for another.
 * @throws IssuerUnavailable naming the field that is of no use
 */
export function readMetadata(value: Readonly<Record<string, unknown>>, issuer: string): ProviderMetadata {
  const fault = (field: string, why: string) => new IssuerUnavailable(`The provider's metadata: ${field} ${why}.`);
  if (value['issuer'] !== issuer) throw fault('issuer', 'is not the issuer that was asked for');
  if (typeof value['jwks_uri'] !== 'string') throw fault('jwks_uri', 'is missing');
  const secure = issuer.startsWith('https:');
  const found: Record<string, unknown> = { issuer };
  for (const field of ENDPOINTS) {
    const text = value[field];
    if (text === undefined || text === null) continue;
    const url = typeof text === 'string' ? URL.parse(text) : null;
    if (!url || !/^https?:$/.test(url.protocol)) throw fault(field, 'is not an address');
    if (secure && url.protocol !== 'https:') throw fault(field, 'is not https, as the issuer is');
    found[field] = text;
  }
  for (const field of LISTS) {
    const list = value[field];
    if (Array.isArray(list)) found[field] = list.filter((item) => typeof item === 'string');
  }
  if (value['authorization_response_iss_parameter_supported'] === true)
    found['authorization_response_iss_parameter_supported'] = true;
  return found as unknown as ProviderMetadata;
}
