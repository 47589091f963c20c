/** What Gatehouse asks of a server that registers clients, whichever protocol it speaks. */
import type { ClientFailure } from '#domain/application/client-events.js';

/** The application as its identity provider is told of it. */
export interface ClientDetails {
  readonly application_id: string;
  readonly name: string;
  readonly description: string;
  readonly redirect_uris: readonly string[];
  /** Those that the application and its approved registrations ask for. */
  readonly scopes: readonly string[];
  /** As the auth strategy names them: client_credentials, bearer, authorization_code, ... */
  readonly auth_methods: readonly string[];
  readonly developer_id: string;
  readonly portal_id: string;
  readonly organization_id: string;
  readonly auth_strategy_id: string;
  readonly dcr_provider_id: string;
}

/** How one registered client is reached (RFC 7592): secret, sealed wherever it is kept. */
export interface Management {
  readonly uri: string;
  readonly token: string;
}

export interface KnownClient {
  readonly client_id: string;
  readonly management?: Management;
  /** Its deletion was tried before: that it is not there means that it succeeded. */
  readonly removing?: boolean;
}

export interface RegisteredClient {
  readonly client_id: string;
  readonly client_secret: string;
  readonly management?: Management;
}

export type Hook =
  | { readonly type: 'update_application' }
  | { readonly type: 'add_registration' | 'remove_registration'; readonly product_version_id: string };

export interface Trial {
  /** What is wrong, in words for an administrator; none: it works. */
  readonly errors: readonly string[];
  /** The server says that a repeated Idempotency-Key registers no second client. */
  readonly idempotent: boolean;
}

/** New tokens for a client's management, which a server may give with any answer, are kept before anything else is done. */
export type KeepManagement = (management: Management) => Promise<void>;

/** Every method rejects with ProviderFailed. */
export interface RegistrationProtocol {
  /** Sends the application's id as Idempotency-Key where the protocol has room for one. */
  register(details: ClientDetails): Promise<RegisteredClient>;
  /** Resolves as well if the client is not there any more. */
  remove(client: KnownClient): Promise<void>;
  newSecret(client: KnownClient, keep: KeepManagement): Promise<string>;
  /** Tells of a change; repeating it is harmless. */
  tell(hook: Hook, client: KnownClient, details: ClientDetails, keep: KeepManagement): Promise<void>;
  /** What the server has granted to the client; undefined: it cannot be asked. */
  scopes?(client: KnownClient, keep: KeepManagement): Promise<readonly string[]>;
  /** Tries the settings without leaving anything behind. */
  verify(): Promise<Trial>;
}

/** A call came to nothing. The message is for operators and holds nothing that the server sent. */
export class ProviderFailed extends Error {
  override readonly name = 'ProviderFailed';

  constructor(
    readonly why: ClientFailure,
    message: string,
    /** What was asked for may have been done all the same. */
    readonly mayHaveHappened: boolean,
    /** The status of the answer, if there was one. */
    readonly status?: number,
  ) {
    super(message);
  }
}
