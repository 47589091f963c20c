import { createCurrentStates, decisionStates, readStates, type CurrentStates } from './current-states.js';
import { FoldCache } from './fold-cache.js';
import type { Freshness, Trust } from './freshness.js';
import { ADMIN, testHandling, type TestHandling } from './testing.js';
import { StoreUnavailable, type EventStore } from '#event-store/port.js';
import type { PortalState } from '#domain/portal/state.js';

describe('states that must not be old', () => {
  let handling: TestHandling;
  /** Of another process: it hears of nothing, and reads only while the log is up. */
  let cache: FoldCache;
  let trust: Trust;
  let log: 'up' | 'down' | 'hanging';
  let id: string;
  const freshness: Freshness = { trust: () => trust, age: () => 0, close: () => undefined };

  beforeEach(async () => {
    handling = await testHandling();
    [trust, log] = ['fresh', 'up'];
    const deaf: EventStore = {
      ...handling.store,
      onAppended: () => () => undefined,
      readStream: (...read) => {
        if (log === 'hanging') return new Promise(() => undefined);
        if (log === 'down') return Promise.reject(new StoreUnavailable('down'));
        return handling.store.readStream(...read);
      },
    };
    cache = new FoldCache(deaf);
    const created = await handling.send('CreatePortal', { name: 'acme' }, ADMIN);
    if (created.kind !== 'accepted') throw new Error(created.refusal.refusal);
    id = (created.result as { id: string }).id;
    await cache.load('portal', id);
    await handling.send('ChangePortalSettings', { portal_id: id, display_name: 'Acme Two' }, ADMIN);
  });
  afterEach(() => handling.destroy());

  const nameIn = async (states: Pick<CurrentStates, 'load'>) =>
    (await states.load<PortalState>('portal', id)).state.display_name;
  const states = (otherwise: 'refuse' | 'use-known') =>
    createCurrentStates({ cache, freshness, otherwise, patienceMs: 20 });

  it('are what is at hand while that is fresh', async () => {
    expect(states('refuse').fresh()).toBe(true);
    expect(await nameIn(states('refuse'))).not.toBe('Acme Two');
  });

  it('are read on where something may have been missed', async () => {
    trust = 'behind';
    expect(states('refuse').fresh()).toBe(false);
    expect(await nameIn(states('refuse'))).toBe('Acme Two');
    trust = 'fresh';
    expect(await nameIn(states('refuse'))).toBe('Acme Two');
  });

  it.each(['down', 'hanging'] as const)('are refused, or what is known, by choice, if the log is %s', async (how) => {
    [trust, log] = ['behind', how];
    const known = cache.peek<PortalState>('portal', id)!.state.display_name;
    await expect(nameIn(states('refuse'))).rejects.toThrow(StoreUnavailable);
    expect(await nameIn(states('use-known'))).toBe(known);
  });

  it('are for answers read on as well, one or many, and known ones serve while the log is away', async () => {
    const answers = readStates(cache, freshness, states('use-known'));
    const known = await nameIn(answers);
    expect(known).not.toBe('Acme Two');
    [trust, log] = ['unreachable', 'down'];
    expect(await nameIn(answers)).toBe(known);
    [trust, log] = ['behind', 'up'];
    expect((await answers.loadMany<PortalState>('portal', [id, id])).get(id)?.display_name).toBe('Acme Two');
  });

  it('do not wait for a log that is known to be unreachable', async () => {
    [trust, log] = ['unreachable', 'hanging'];
    const patient = (otherwise: 'refuse' | 'use-known') =>
      createCurrentStates({ cache, freshness, otherwise, patienceMs: 600_000 });
    await expect(nameIn(patient('refuse'))).rejects.toThrow(StoreUnavailable);
    expect(await nameIn(patient('use-known'))).toBe(cache.peek<PortalState>('portal', id)!.state.display_name);
  });

  it('of which nothing is known are refused in any case', async () => {
    [trust, log] = ['unreachable', 'down'];
    cache.drop(`portal-${id}`);
    await expect(nameIn(states('use-known'))).rejects.toThrow(StoreUnavailable);
  });

  it('are read on for decisions, however unreachable the log seems', async () => {
    trust = 'unreachable';
    expect(await nameIn(decisionStates(cache, freshness))).toBe('Acme Two');
  });
});
