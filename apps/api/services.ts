import type { Logger } from 'pino';
import type { Config } from './config.js';
import type { Bearers } from './http/bearers.js';
import type { PortalDirectory } from './http/portal-directory.js';
import type { Metrics } from './metrics.js';
import type { ServiceReactors } from './reactors.js';
import type { Blobs } from '#blobs/port.js';
import type { Clients } from '#client-registration/clients.js';
import type { CommandHandler } from '#command-handling/handler.js';
import type { CurrentStates, ReadStates } from '#command-handling/current-states.js';
import type { Freshness } from '#command-handling/freshness.js';
import type { Consumption } from '#consumption/consumption.js';
import type { SpecificationParser } from '#documents/parser.js';
import type { EventStore } from '#event-store/port.js';
import type { Issuers } from '#oidc/issuers.js';
import type { Outbound } from '#outbound/outbound.js';
import type { Projections } from '#read-models/projections.js';
import type { Reads } from '#read-models/reads.js';
import type { Logins } from '#sso/logins.js';
import type { SignOn } from '#sso/sign-on.js';
import type { ClientSecrets } from '#vault/client-secrets.js';
import type { Keyring } from '#vault/keyring.js';
import type { MailTokens } from '#vault/mail-tokens.js';
import type { Passwords } from '#vault/passwords.js';
import type { VaultStore } from '#vault/port.js';
import type { Sessions } from '#vault/sessions.js';
import type { Throttle } from '#vault/throttle.js';

/** Nest token of everything that controllers, guards and filters use. Built in wiring.ts. */
export const SERVICES = Symbol('services');

export interface Services {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly now: () => number;

  readonly store: EventStore;
  readonly cache: ReadStates;
  readonly freshness: Freshness;
  /** For the gateway check. What happens when the log cannot tell is a setting. */
  readonly checkStates: CurrentStates;
  /** For who is signed in. When the log cannot tell, the vault does: a revocation ends sessions there. */
  readonly sessionStates: CurrentStates;
  readonly handler: CommandHandler;
  readonly projections: Projections;
  readonly reads: Reads;
  readonly blobs: Blobs;
  /** For what is uploaded. */
  readonly specifications: SpecificationParser;
  /** For what anybody may read: its queue is another, so that readers hold up no upload. */
  readonly publicDocuments: Pick<SpecificationParser, 'documentNodes' | 'servers'>;

  readonly vault: VaultStore;
  readonly keyring: Keyring;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly mailTokens: MailTokens;
  /** Secrets that are shown to identity providers. */
  readonly clientSecrets: ClientSecrets;
  /** Clients of applications at the providers that register them. */
  readonly clients: Clients;
  readonly logins: Logins;
  readonly signOn: SignOn;
  readonly throttle: Throttle;
  /** Administrators, services and gateways. */
  readonly bearers: Bearers;

  /** Calls to addresses that people typed. */
  readonly outbound: Outbound;
  readonly issuers: Issuers;

  /** Calls that gateways, the check and the try-it proxy tell of. */
  readonly consumption: Consumption;

  readonly portals: PortalDirectory;
  readonly reactors: ServiceReactors;
}
