import type { SendCommand } from '../commands.js';
import { caughtUp } from '../caught-up.js';
import type { Performance } from '../reactor.js';
import type { FoldCache } from '#command-handling/fold-cache.js';
import type { LogEvent } from '#read-models/log-event.js';
import type { Condition, Doc } from '#read-models/port.js';
import type { Reads } from '#read-models/reads.js';
import type { EventStore } from '#event-store/port.js';
import type { Keyring } from '#vault/keyring.js';
import type { MailTokens } from '#vault/mail-tokens.js';
import type { Passwords } from '#vault/passwords.js';
import type { Sessions } from '#vault/sessions.js';

/** What cascades work with. */
export interface CascadeServices {
  readonly store: Pick<EventStore, 'head'>;
  readonly cache: Pick<FoldCache, 'load'>;
  readonly reads: Pick<Reads, 'find' | 'count' | 'waitFor'>;
  readonly send: SendCommand;
  readonly sessions: Pick<Sessions, 'endAllSessions'>;
  readonly passwords: Pick<Passwords, 'remove'>;
  readonly mailTokens: Pick<MailTokens, 'revokeAll'>;
  readonly keyring: Pick<Keyring, 'destroyPersonKey'>;
}

/** What follows from an event. May be repeated from the beginning at any time. */
export type Cascade = (event: LogEvent, services: CascadeServices, performance: Performance) => Promise<void>;

/** Who the log says has acted. */
export const CASCADES = 'cascades';

/** One after the other. */
export const inTurn =
  (...cascades: readonly Cascade[]): Cascade =>
  async (event, services, performance) => {
    for (const cascade of cascades) await cascade(event, services, performance);
  };

const PAGE = 200;
const AT_ONCE = 16;

/**
 * Does something about every document that the conditions find, and looks again until a view that has caught up shows no
 * other one. One that fails does not keep the rest from being done; its error is thrown at the end.
 */
export async function forAll(
  services: CascadeServices,
  { signal, progress }: Performance,
  view: string,
  where: readonly Condition[],
  act: (doc: Doc) => Promise<void>,
): Promise<void> {
  const seen = new Set<string>();
  const failures: unknown[] = [];
  await caughtUp(services, view);
  const total = await services.reads.count(view, where);
  for (let found = true; found;) {
    found = false;
    await caughtUp(services, view);
    for (let after = ''; ;) {
      const page = await services.reads.find(view, {
        where: [...where, { field: 'id', op: 'gt', value: after }],
        limit: PAGE,
      });
      const fresh = page.filter(({ id }) => !seen.has(id));
      for (let start = 0; start < fresh.length; start += AT_ONCE) {
        signal.throwIfAborted();
        const some = fresh.slice(start, start + AT_ONCE);
        for (const result of await Promise.allSettled(some.map(act))) {
          if (result.status === 'rejected') failures.push(result.reason);
        }
        for (const { id } of some) seen.add(id);
        progress(seen.size, Math.max(total, seen.size));
        found = true;
      }
      if (page.length < PAGE) break;
      after = page.at(-1)!.id;
    }
  }
  if (failures.length > 0) throw failures[0];
}
