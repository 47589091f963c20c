/** OAuth 2.0 Dynamic Client Registration (RFC 7591) and its management protocol (RFC 7592). */
import type { Outbound } from '#outbound/outbound.js';
import { clientIn, managementIn } from './answers.js';
import { exchange, succeeded, type Reply } from './exchange.js';
import { metadataOf } from './metadata.js';
import { ProviderFailed, type KeepManagement, type KnownClient, type RegistrationProtocol } from './protocol.js';

export interface Rfc7591Options {
  /** Where clients are registered. @throws ProviderFailed if that cannot be found out */
  readonly endpoint: () => Promise<string>;
  /** The Authorization header of registrations; undefined: the server asks for none. @throws ProviderFailed */
  readonly authorization: () => Promise<string | undefined>;
  readonly outbound: Pick<Outbound, 'request'>;
}

type Metadata = Readonly<Record<string, unknown>>;

/** What servers add to a client's metadata, and a client must not send back (RFC 7592 section 2.2). */
const SERVERS_OWN = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

const sendable = (metadata: Metadata): Record<string, unknown> =>
  Object.fromEntries(Object.entries(metadata).filter(([name]) => !SERVERS_OWN.includes(name)));

export function createRfc7591({ endpoint, authorization, outbound }: Rfc7591Options): RegistrationProtocol {
  const authorized = async (): Promise<Record<string, string>> => {
    const value = await authorization();
    return value === undefined ? {} : { authorization: value };
  };

  /** The client's own place and token; of servers that give none, its place below the registration endpoint. */
  async function placeOf({ client_id, management }: KnownClient) {
    if (management) return { uri: management.uri, headers: { authorization: `Bearer ${management.token}` } };
    const headers = await authorized();
    if (!('authorization' in headers)) {
      throw new ProviderFailed('refused', 'The identity provider has no management protocol (RFC 7592)', false);
    }
    return { uri: `${(await endpoint()).replace(/\/+$/, '')}/${encodeURIComponent(client_id)}`, headers };
  }

  /** A server may give a new token with any answer; the old one may be over. */
  async function kept(reply: Reply, keep: KeepManagement): Promise<Metadata> {
    const management = managementIn(reply);
    if (management) await keep(management);
    if (reply.json) return reply.json;
    throw new ProviderFailed('unusable_answer', 'The answer of the identity provider is no JSON object', true);
  }

  async function read(client: KnownClient, keep: KeepManagement) {
    const { uri, headers } = await placeOf(client);
    let present = client;
    const metadata = await kept(succeeded(await exchange(outbound, uri, { headers })), async (management) => {
      present = { ...client, management };
      await keep(management);
    });
    return { metadata, present };
  }

  async function write(client: KnownClient, metadata: Metadata, keep: KeepManagement): Promise<Metadata> {
    const { uri, headers } = await placeOf(client);
    return kept(succeeded(await exchange(outbound, uri, { method: 'PUT', headers, json: metadata })), keep);
  }

  async function remove(client: KnownClient): Promise<void> {
    const { uri, headers } = await placeOf(client);
    const reply = await exchange(outbound, uri, { method: 'DELETE', headers });
    // RFC 7592 section 2.3: a client that does not exist is a 401, since its token is over with it.
    const isOver = reply.status === 401 && client.removing === true;
    if (reply.status !== 404 && reply.status !== 410 && !isOver) succeeded(reply);
  }

  const register = async (metadata: Metadata): Promise<Reply> =>
    exchange(outbound, await endpoint(), { method: 'POST', headers: await authorized(), json: metadata });

  return {
    register: async (details) => clientIn(succeeded(await register(metadataOf(details)))),
    remove,

    /** The protocol has no call for it; a server that is sent no secret may make a new one (RFC 7592 section 2.2). */
    async newSecret(client, keep) {
      const { metadata, present } = await read(client, keep);
      const { client_secret: old, ...rest } = sendable(metadata);
      const { client_secret } = await write(present, { ...rest, client_id: client.client_id }, keep);
      if (typeof client_secret === 'string' && client_secret !== '' && client_secret !== old) return client_secret;
      throw new ProviderFailed('refused', 'The identity provider keeps the secrets that it gave', false);
    },

    /** Brings the client's metadata to what the application is now. */
    async tell(_hook, client, details, keep) {
      const { metadata, present } = await read(client, keep);
      const wanted = { ...sendable(metadata), ...metadataOf(details), client_id: client.client_id };
      const same = JSON.stringify(sendable(metadata)) === JSON.stringify(wanted);
      if (!same) await write(present, wanted, keep);
    },

    async scopes(client, keep) {
      const { scope } = (await read(client, keep)).metadata;
      return typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [];
    },

    /** Asks for a client that no server can make; one that is made all the same is deleted. */
    async verify() {
      try {
        const reply = await register({ redirect_uris: ['verification'], grant_types: ['verification'] });
        if (reply.status === 401 || reply.status === 403) return failed('The identity provider refuses the token.');
        if (reply.status >= 200 && reply.status < 300) await remove(clientIn(reply));
        else if (reply.status !== 400) return failed(`The registration endpoint answers ${reply.status}.`);
        return { errors: [], idempotent: false };
      } catch (error) {
        if (error instanceof ProviderFailed) return failed(`${error.message}.`);
        throw error;
      }
    },
  };
}

const failed = (error: string) => ({ errors: [error], idempotent: false });
