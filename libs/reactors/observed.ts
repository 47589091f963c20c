import { setTimeout as delay } from 'node:timers/promises';
import { createListener, publish, type Heard } from '#leases/notices.js';
import { ask, NotAnswered } from '#leases/requests.js';
import { VaultUnavailable, type VaultStore } from '#vault/port.js';
import type { ReactorLog } from './checkpoint.js';
import type { Reactors } from './reactors.js';
import type { ReactorStatus } from './runner.js';

export const REACTOR_STATUS = 'reactor-status';
const LOOK_MS = 500;
const ANSWER_MS = 10_000;

/** The lease of a group of reactors. */
export const leaseOfReactors = (group: string): string => `reactor:${group}`;

/** What one process says of the reactors that it runs. */
export interface Told {
  readonly group: string;
  readonly token: number;
  readonly status: readonly ReactorStatus[];
}

export const publishReactors = (
  vault: Pick<VaultStore, 'put'>,
  holder: string,
  told: readonly Told[],
  now: () => number,
): Promise<void> =>
  publish(
    vault,
    REACTOR_STATUS,
    holder,
    told.map(({ group, token, status }) => ({
      name: leaseOfReactors(group),
      token,
      value: status.map((each) => ({ ...each, position: String(each.position) })),
    })),
    now,
  );

const understand = ({ value }: Heard): readonly ReactorStatus[] =>
  (value as (Omit<ReactorStatus, 'position'> & { readonly position: string })[]).map((each) => ({
    ...each,
    position: BigInt(each.position),
  }));

export interface ObserveOptions {
  /** Names of the groups. */
  readonly groups: readonly string[];
  readonly vault: VaultStore;
  readonly log: Pick<ReactorLog, 'head'>;
  readonly now?: () => number;
  readonly onError?: (error: unknown) => void;
}

/** The reactors as other processes run them: what they last said of themselves. */
export async function observeReactors(options: ObserveOptions): Promise<Reactors> {
  const { groups, vault, log, now = Date.now, onError } = options;
  const listener = createListener({ vault, kind: REACTOR_STATUS });
  const stopping = new AbortController();
  let status = await look();
  const running = run();

  async function look(): Promise<readonly ReactorStatus[]> {
    const heard = await listener.hear();
    return groups.flatMap((group) => {
      const notice = heard.get(leaseOfReactors(group));
      return notice ? understand(notice) : unheard(group);
    });
  }

  async function run(): Promise<void> {
    for (let failing = false; !stopping.signal.aborted;) {
      await delay(LOOK_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      try {
        status = await look();
        failing = false;
      } catch (error) {
        if (!failing) onError?.(error);
        failing = true;
      }
    }
  }

  async function isCalm(): Promise<boolean> {
    const head = await log.head();
    return (await look()).every(
      ({ position, waiting, retrying, blocked }) => blocked !== undefined || (position >= head && waiting === retrying),
    );
  }

  return {
    status: () => status,
    async retryParked(name) {
      const meant = groups.filter((group) => name === undefined || group === name);
      if (meant.length === 0) throw new Error(`there is no reactor named ${name}`);
      try {
        const requests = meant.map((group) => ({ to: leaseOfReactors(group), what: 'retry' }));
        const counts = await ask(vault, requests, { timeoutMs: ANSWER_MS, now });
        return counts.reduce<number>((sum, count) => sum + Number(count), 0);
      } catch (error) {
        if (error instanceof NotAnswered) throw new VaultUnavailable(error.message);
        throw error;
      }
    },
    start: () => undefined,
    async settled() {
      // Twice: one reactor's command may be another one's event.
      for (let calm = 0; calm < 2; calm = (await isCalm()) ? calm + 1 : 0) await delay(LOOK_MS / 5);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Nobody has run them yet, or not for a day. */
const unheard = (name: string): ReactorStatus => ({
  name,
  position: 0n,
  waiting: 0,
  retrying: 0,
  parked: 0,
  problems: [],
  progress: [],
});
