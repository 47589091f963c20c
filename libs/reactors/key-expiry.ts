import { caughtUp } from './caught-up.js';
import type { SendCommand } from './commands.js';
import { expiryEffect } from './mail/reactor.js';
import type { NewEffect } from './reactor.js';
import type { EventStore } from '#event-store/port.js';
import type { Condition, Doc } from '#read-models/port.js';
import type { Reads } from '#read-models/reads.js';
import type { VaultStore } from '#vault/port.js';

/** Who the log says has recorded an expiry. */
export const KEY_EXPIRY = 'key-expiry';

/** Days before its expiry at which a key's owner is reminded; the fewest first. */
const REMINDERS = [1, 7, 30] as const;

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const PAGE = 200;
const AT_ONCE = 16;

export interface KeyExpiryOptions {
  readonly store: Pick<EventStore, 'head'>;
  readonly reads: Pick<Reads, 'find' | 'waitFor'>;
  readonly vault: VaultStore;
  readonly send: SendCommand;
  /** Gives the mail reactor its reminders. */
  readonly remind: (effects: readonly NewEffect[]) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

export interface KeyExpiry {
  /** Sweeps now and every minute. */
  start(): void;
  /** Records expiries that have passed, and has owners reminded of those to come. One at a time. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

interface Credential extends Doc {
  readonly application_id: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly replaced_by: string | null;
}

/**
 * Time is what calls for these effects, so they come from the credentials view and the clock instead of an event. Reminders
 * are due in the span of time between two sweeps; up to where it was swept is stored after they are in the outbox, whose
 * keys let a repeat pass.
 */
export function createKeyExpiry({ store, reads, vault, send, remind, now, onError }: KeyExpiryOptions): KeyExpiry {
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> | undefined;
  let stopped = false;

  async function* active(...where: readonly Condition[]): AsyncGenerator<readonly Credential[]> {
    const status: Condition = { field: 'status', op: 'eq', value: 'active' };
    for (let after = ''; ;) {
      const page = await reads.find('credentials', {
        where: [status, ...where, { field: 'id', op: 'gt', value: after }],
        limit: PAGE,
      });
      yield page as readonly Credential[];
      if (page.length < PAGE) return;
      after = page.at(-1)!.id;
    }
  }

  async function recordExpiries(at: number): Promise<void> {
    for await (const page of active({ field: 'expires_at', op: 'lte', value: iso(at) })) {
      for (let start = 0; start < page.length && !stopped; start += AT_ONCE) {
        const sent = await Promise.allSettled(page.slice(start, start + AT_ONCE).map(expire));
        for (const result of sent) if (result.status === 'rejected') onError(result.reason);
      }
    }
  }

  const expire = ({ id, application_id, expires_at }: Credential): Promise<void> =>
    send('ExpireCredential', { application_id, credential_id: id }, id, {
      reactor: KEY_EXPIRY,
      due: { at: Date.parse(expires_at), what: `${id}@${expires_at}` },
    });

  async function remindOwners(at: number): Promise<void> {
    const swept = await sweptUntil(vault);
    if (swept !== undefined) {
      const told = new Set<string>();
      for (const days of REMINDERS) {
        const span = days * DAY_MS;
        const pages = active(
          { field: 'expires_at', op: 'gt', value: iso(Math.max(swept + span, at)) },
          { field: 'expires_at', op: 'lte', value: iso(at + span) },
        );
        for await (const page of pages) {
          // After a pause several may be due for one key: the most urgent one is enough.
          const due = page.filter((credential) => !told.has(credential.id) && isWorthwhile(credential, span));
          for (const { id } of due) told.add(id);
          await remind(due.map((credential) => reminder(credential, days)));
        }
      }
    }
    await vault.put(CHECKPOINT, KEY_EXPIRY, { until: at } satisfies Swept);
  }

  async function sweepOnce(): Promise<void> {
    try {
      await caughtUp({ store, reads }, 'credentials');
      const at = now();
      await recordExpiries(at);
      await remindOwners(at);
    } catch (error) {
      onError(error);
    }
  }

  const sweep = (): Promise<void> => (sweeping ??= sweepOnce().finally(() => (sweeping = undefined)));

  return {
    sweep,
    start() {
      timer ??= setInterval(sweep, MINUTE_MS).unref();
      void sweep();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await sweeping;
    },
  };
}

const CHECKPOINT = 'reactor-checkpoint';

interface Swept {
  readonly until: number;
}

const sweptUntil = async (vault: VaultStore): Promise<number | undefined> =>
  ((await vault.get(CHECKPOINT, KEY_EXPIRY))?.value as Swept | undefined)?.until;

const iso = (time: number): string => new Date(time).toISOString();

/** A key made for so short a time, or rotated, ends as its owner wanted. */
const isWorthwhile = ({ created_at, expires_at, replaced_by }: Credential, span: number): boolean =>
  replaced_by === null && Date.parse(created_at) < Date.parse(expires_at) - span;

const reminder = ({ id, application_id, expires_at }: Credential, days: number): NewEffect =>
  expiryEffect({ application_id, credential_id: id, expires_at }, days, Date.parse(expires_at) - days * DAY_MS);
