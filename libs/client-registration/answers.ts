import type { Reply } from './exchange.js';
import { ProviderFailed, type Management, type RegisteredClient } from './protocol.js';

const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= most && /^[\x20-\x7e]+$/.test(value);

/**
 * The client in an answer of RFC 7591 section 3.2.1, which the bridge's answers resemble.
 * @throws ProviderFailed if the client cannot be used: one has been made all the same
 */
export function clientIn({ json }: Reply): RegisteredClient {
  const { client_id, client_secret } = json ?? {};
  if (!isText(client_id, 512) || !isText(client_secret, 4096)) {
    throw new ProviderFailed(
      'unusable_answer',
      'The answer of the identity provider names no client with a secret',
      true,
    );
  }
  const management = managementIn({ json });
  return { client_id, client_secret, ...(management && { management }) };
}

/** Where and with what the client is managed (RFC 7592 section 3), if the answer says so. */
export function managementIn({ json }: Pick<Reply, 'json'>): Management | undefined {
  const { registration_client_uri: uri, registration_access_token: token } = json ?? {};
  return isText(uri, 2048) && isText(token, 8192) ? { uri, token } : undefined;
}
