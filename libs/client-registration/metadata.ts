import { recognisableName } from './names.js';
import type { ClientDetails } from './protocol.js';

/** The grants (RFC 7591 section 2) that the auth methods of a strategy need. */
function grantsFor({ auth_methods, redirect_uris }: ClientDetails): readonly string[] {
  const wanted = new Set<string>();
  for (const method of auth_methods) {
    if (['authorization_code', 'session'].includes(method)) wanted.add('authorization_code');
    else if (method === 'refresh_token') wanted.add('refresh_token');
    else if (method === 'password') wanted.add('password');
    else if (['client_credentials', 'bearer', 'kong_oauth2', 'introspection'].includes(method))
      wanted.add('client_credentials');
  }
  // Nobody could be sent back.
  if (redirect_uris.length === 0) wanted.delete('authorization_code');
  if (!wanted.has('authorization_code')) wanted.delete('refresh_token');
  return wanted.size > 0 ? [...wanted] : ['client_credentials'];
}

/** An application as client metadata. `software_id` is the application's id, by which its client can be found. */
export function metadataOf(details: ClientDetails): Readonly<Record<string, unknown>> {
  const grant_types = grantsFor(details);
  return {
    client_name: recognisableName(details),
    software_id: details.application_id,
    redirect_uris: details.redirect_uris,
    grant_types,
    response_types: grant_types.includes('authorization_code') ? ['code'] : [],
    token_endpoint_auth_method: 'client_secret_basic',
    ...(details.scopes.length > 0 && { scope: details.scopes.join(' ') }),
  };
}
