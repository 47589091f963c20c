import type { ReactorGroup, ReactorGroups, ServiceReactors } from '../api/reactors.js';
import type { Services } from '../api/services.js';
import { firstOnly, repeat } from './repeat.js';
import { createLeases, type Leases } from '#leases/leases.js';
import { answerRequests } from '#leases/requests.js';
import { leaseOfReactors, observeReactors, publishReactors, type Told } from '#reactors/observed.js';
import type { Reactors } from '#reactors/reactors.js';

const STEP_MS = 300;

interface Open {
  readonly token: number;
  readonly reactors: Reactors;
}

export interface SharedReactors {
  readonly reactors: ServiceReactors;
  readonly leases: Leases;
}

type Needs = Pick<Services, 'vault' | 'store' | 'now' | 'log'>;

/**
 * Runs those groups of reactors whose leases this process gets, beside other processes that do the same. What a group writes
 * carries the lease's token, so that a former owner's late writes are refused.
 */
export async function shareReactors(
  { groups, reachedAt, close }: ReactorGroups,
  { vault, store, now, log }: Needs,
  holder: string,
): Promise<SharedReactors> {
  const report = firstOnly((err) => log.error({ err }, 'reactors could not go on; trying again'));
  const names = groups.map(({ name }) => name);
  const leases = createLeases({ vault, names: names.map(leaseOfReactors), holder, now, onError: report });
  const observed = await observeReactors({ groups: names, vault, log: store, now, onError: report });
  const open = new Map<string, Open>();
  const busy = new Map<string, Promise<void>>();
  let stopping = false;

  async function follow({ name, open: openGroup }: ReactorGroup): Promise<void> {
    const lease = leaseOfReactors(name);
    const token = leases.token(lease);
    const known = open.get(name);
    // a group whose lease has run out stands still; it goes on as it is if nobody else has taken it
    if (stopping || token === undefined || known?.token === token) return;
    if (known) {
      open.delete(name);
      await known.reactors.stop();
    }
    const reactors = await openGroup({ token, isHeld: () => leases.token(lease) === token });
    open.set(name, { token, reactors });
    reactors.start();
  }

  /** One after the other for each group; a group that takes its time to stop holds up no other. */
  function followAll(): void {
    for (const group of groups) {
      if (busy.has(group.name)) continue;
      const following = follow(group)
        .catch(report)
        .finally(() => busy.delete(group.name));
      busy.set(group.name, following);
    }
  }

  async function step(): Promise<void> {
    followAll();
    const told = [...open].map(([group, { token, reactors }]): Told => ({ group, token, status: reactors.status() }));
    // only a newer release can go on
    for (const { group } of told.filter(({ status }) => status.some(({ blocked }) => blocked))) {
      await leases.resign(leaseOfReactors(group));
    }
    await publishReactors(vault, holder, told, now);
    await answerRequests(
      vault,
      (lease) => open.has(groupIn(lease)) && leases.token(lease) !== undefined,
      async ({ to }) => open.get(groupIn(to))?.reactors.retryParked(),
    );
  }

  let endSteps: (() => Promise<void>) | undefined;
  const unsubscribe = leases.onChange(followAll);
  return {
    leases,
    reactors: {
      ...observed,
      start(origin) {
        reachedAt(origin);
        void leases.start();
        endSteps ??= repeat(STEP_MS, step, report);
      },
      async stop() {
        stopping = true;
        unsubscribe();
        await endSteps?.();
        await Promise.all(busy.values());
        await Promise.all([...open.values()].map(({ reactors }) => reactors.stop()));
        await leases.stop();
        await observed.stop();
        await close();
      },
    },
  };
}

const groupIn = (lease: string): string => lease.slice(leaseOfReactors('').length);
