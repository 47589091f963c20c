import type { Logger } from 'pino';
import type { Config } from './config.js';
import type { PortalDirectory } from './http/portal-directory.js';
import type { Metrics } from './metrics.js';
import type { ServiceReactors } from './reactors.js';
import type { Blobs } from '#blobs/port.js';
import type { CommandHandler } from '#command-handling/handler.js';
import type { FoldCache } from '#command-handling/fold-cache.js';
import type { SpecificationParser } from '#documents/parser.js';
import type { EventStore } from '#event-store/port.js';
import type { Projections } from '#read-models/projections.js';
import type { Reads } from '#read-models/reads.js';
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
  readonly cache: FoldCache;
  readonly handler: CommandHandler;
  readonly projections: Projections;
  readonly reads: Reads;
  readonly blobs: Blobs;
  /** For what is uploaded. */
  readonly specifications: SpecificationParser;
  /** For what anybody may read: its queue is another, so that readers hold up no upload. */
  readonly publicDocuments: Pick<SpecificationParser, 'documentNodes'>;

  readonly vault: VaultStore;
  readonly keyring: Keyring;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly mailTokens: MailTokens;
  readonly throttle: Throttle;

  readonly portals: PortalDirectory;
  readonly reactors: ServiceReactors;
}
