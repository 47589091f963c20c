import type { Fence } from './fence.js';
import { FencedOff } from './fence.js';
import type { Performance, Reactor } from './reactor.js';
import { openHouse, type House } from './testing.js';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.destroy());

const portal = (name: string) => house.command('CreatePortal', { name });

/** A lease that a test takes away. */
function lease(token: number): Fence & { lost: boolean } {
  const fence = { token, lost: false, isHeld: () => !fence.lost };
  return fence;
}

/** Stops in the middle of each effect until it is let go. */
function stopping() {
  const done: string[] = [];
  let reached: () => void;
  let goOn: () => void;
  const inTheMiddle = new Promise<void>((resolve) => (reached = resolve));
  const released = new Promise<void>((resolve) => (goOn = resolve));
  const reactor = named(async ({ stillMine }) => {
    reached();
    await released;
    stillMine();
  }, done);
  return { reactor, done, inTheMiddle, release: () => goOn() };
}

function named(before: (performance: Performance) => Promise<void>, done: string[]): Reactor {
  return {
    name: 'recorder',
    from: 'start',
    types: ['portal.created.v1'],
    async perform({ event }, performance) {
      await before(performance);
      done.push(String(event!.data['name']));
    },
  };
}

const recorder = () => {
  const done: string[] = [];
  return { reactor: named(async () => undefined, done), done };
};

describe('a reactor that several processes could run', () => {
  it('is done once when its owner was stopped before the deed and comes back after its successor', async () => {
    await portal('one');
    const [first, second] = [stopping(), recorder()];
    const firstLease = lease(1);
    const former = await house.runner(first.reactor, { fence: firstLease });
    former.start();
    await first.inTheMiddle;
    firstLease.lost = true;
    const successor = await house.runner(second.reactor, { fence: lease(2) });
    successor.start();
    await successor.settled();
    first.release();
    while (former.status().waiting > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await former.stop();
    expect([first.done, second.done]).toEqual([[], ['one']]);
    expect([former.status().waiting, successor.status().waiting]).toEqual([0, 0]);
  });

  it('lets a former owner write nothing: neither its place nor its rows', async () => {
    const [first, second] = [recorder(), recorder()];
    const former = await house.runner(first.reactor, { fence: lease(1) });
    const successor = await house.runner(second.reactor, { fence: lease(2) });
    successor.start();
    await successor.settled();
    // it believes that it holds the lease, as one does that was stopped right after it looked
    former.start();
    await portal('one');
    await successor.settled();
    await former.stop();
    expect([...first.done, ...second.done]).toEqual(['one']);
    expect(house.errors.filter((error) => error instanceof FencedOff)).not.toEqual([]);
    house.errors.splice(0);
    await portal('two');
    await successor.settled();
    expect(second.done).toContain('two');
    expect(successor.status()).toMatchObject({ waiting: 0, parked: 0, position: await house.store.head() });
  });

  it('cannot be opened under an older token', async () => {
    await house.runner(recorder().reactor, { fence: lease(2) });
    await expect(house.runner(recorder().reactor, { fence: lease(1) })).rejects.toThrow(FencedOff);
  });

  it('adopts rows that a former owner puts in late', async () => {
    const [first, second] = [recorder(), recorder()];
    const former = await house.runner(first.reactor, { fence: lease(1) });
    const successor = await house.runner(second.reactor, { fence: lease(2) });
    successor.start();
    await successor.settled();
    await former.offer([{ key: 'reminder', details: {} }]);
    await successor.offer([{ key: 'reminder', details: {} }]);
    expect(successor.status().waiting).toBe(1);
  });

  it('stops before an event that only a newer release knows, and says so', async () => {
    await portal('one');
    const { reactor, done } = recorder();
    const runner = await house.runner(reactor);
    runner.start();
    await runner.settled();
    const metadata = { recorded_at: '2026-01-01T00:00:00.000Z' };
    const newer = { id: crypto.randomUUID(), type: 'portal.created.v2', data: { name: 'two' }, metadata };
    await house.store.append({ stream: `portal-${crypto.randomUUID()}`, expectedRevision: -1, events: [newer] });
    while (!runner.status().blocked) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(runner.status().blocked).toMatch(/portal\.created\.v2, newer than this release/);
    await portal('three');
    await runner.stop();
    expect(done).toEqual(['one']);
    expect(runner.status().position).toBeLessThan(await house.store.head());
  });
});
