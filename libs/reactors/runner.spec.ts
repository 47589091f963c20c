import { EffectFailed, type Reactor } from './reactor.js';
import { openHouse, type House } from './testing.js';

const BACKOFF = { tries: 3, firstMs: 1_000, random: () => 0.5 };

let house: House;

beforeEach(async () => {
  house = await openHouse();
});

afterEach(() => house.destroy());

const portal = (name: string) => house.command('CreatePortal', { name });

/** Records the names of new portals; `perform` may fail instead. */
function recorder(
  perform?: (name: string, signal: AbortSignal) => void | Promise<void>,
  from: Reactor['from'] = 'head',
) {
  const names: string[] = [];
  const keys: string[] = [];
  const reactor: Reactor = {
    name: 'recorder',
    from,
    types: ['portal.created.v1'],
    async perform(effect, { signal }) {
      const name = (effect.event?.data['name'] as string | undefined) ?? effect.details['name']!;
      keys.push(effect.key);
      await perform?.(name, signal);
      names.push(name);
    },
  };
  return { reactor, names, keys };
}

/** The log as a process sees it that has heard of it up to a position. */
const heardUpTo = (position: () => bigint) =>
  Object.create(house.store, {
    standing: { value: () => ({ position: position(), head: position(), live: true, resubscribed: 0 }) },
  }) as House['store'];

describe('of a log that others write too, a reactor', () => {
  it('takes in no event before this process has heard of it: what it knows of the stream is older', async () => {
    await portal('first');
    let heard = await house.store.head();
    await portal('second');
    const { reactor, names } = recorder(undefined, 'start');
    const runner = await house.runner(reactor, { log: heardUpTo(() => heard) });
    runner.start();
    while (!names.includes('first')) await new Promise(setImmediate);
    expect([runner.status().position, names]).toEqual([heard, ['first']]);
    heard = await house.store.head();
    runner.poke();
    await runner.settled();
    expect(names).toEqual(['first', 'second']);
  });

  it('performs no effect that another process took in, before this one has heard of its event', async () => {
    await portal('first');
    const failing = await house.runner(recorder(() => Promise.reject(new EffectFailed('no')), 'start').reactor, {
      backoff: BACKOFF,
    });
    failing.start();
    await failing.settled();
    await failing.stop();
    house.clock.now += 60_000;
    const head = await house.store.head();
    let looks = 0;
    const seen: number[] = [];
    const { reactor, names } = recorder(() => void seen.push(looks), 'start');
    const runner = await house.runner(reactor, { log: heardUpTo(() => (++looks < 5 ? 0n : head)) });
    runner.start();
    await runner.settled();
    expect(names).toEqual(['first']);
    expect(seen[0]).toBeGreaterThanOrEqual(5);
  });
});

describe('where a reactor begins', () => {
  it('is the head for a new one: the past has no effects, what comes before its start has', async () => {
    await portal('before');
    const { reactor, names } = recorder();
    const runner = await house.runner(reactor);
    await portal('between');
    runner.start();
    await portal('after');
    await runner.settled();
    expect(names.sort()).toEqual(['after', 'between']);
    expect(runner.status().position).toBe(await house.store.head());
  });

  it('is the first event for one that declares so', async () => {
    await portal('before');
    const { reactor, names } = recorder(undefined, 'start');
    const runner = await house.runner(reactor);
    runner.start();
    await runner.settled();
    expect(names).toEqual(['before']);
  });

  it('is where it was, after a restart', async () => {
    const first = recorder();
    const runner = await house.runner(first.reactor);
    runner.start();
    await portal('first');
    await runner.settled();
    await runner.stop();
    await portal('while it was down');
    const second = recorder();
    const restarted = await house.runner(second.reactor);
    restarted.start();
    await restarted.settled();
    expect(first.names).toEqual(['first']);
    expect(second.names).toEqual(['while it was down']);
  });

  it('begins anew, and says so, on another log', async () => {
    await house.vault.put('reactor-checkpoint', 'recorder', { logId: 'another', position: '3', eventId: 'x' });
    await portal('before');
    const { reactor, names } = recorder(undefined, 'start');
    const runner = await house.runner(reactor);
    runner.start();
    await runner.settled();
    expect(names).toEqual(['before']);
    expect(house.errors).toMatchObject([{ name: 'CheckpointForeign' }]);
  });
});

describe('an effect that fails', () => {
  it('is tried again after growing pauses, and holds up no other', async () => {
    let failures = 2;
    const { reactor, names, keys } = recorder((name) => {
      if (name === 'bad' && failures-- > 0) throw new Error('secret of ada@example.com');
    });
    const runner = await house.runner(reactor, { backoff: BACKOFF });
    runner.start();
    await portal('bad');
    await portal('good');
    await runner.settled();
    expect(names).toEqual(['good']);
    expect(runner.status()).toMatchObject({ waiting: 1, retrying: 1, parked: 0 });
    house.clock.now += 999;
    await runner.settled();
    expect(keys).toHaveLength(2);
    house.clock.now += 1;
    await runner.settled();
    expect(keys).toHaveLength(3);
    house.clock.now += 1_999;
    await runner.settled();
    expect(keys).toHaveLength(3);
    house.clock.now += 1;
    await runner.settled();
    expect(names).toEqual(['good', 'bad']);
    expect(new Set(keys).size).toBe(2);
    expect(runner.status()).toMatchObject({ waiting: 0, retrying: 0, parked: 0 });
  });

  it('is parked in the end, also over a restart, and can be retried; its error shows no data', async () => {
    let broken = true;
    const fails = () => {
      if (broken) throw new Error('secret of ada@example.com');
    };
    const first = recorder(fails);
    const runner = await house.runner(first.reactor, { backoff: BACKOFF });
    runner.start();
    await portal('bad');
    for (let tries = 0; tries < 5; tries++) {
      await runner.settled();
      house.clock.now += 60_000;
    }
    expect(first.keys).toHaveLength(3);
    expect(runner.status()).toMatchObject({ waiting: 0, parked: 1, problems: [{ tries: 3 }] });
    expect(JSON.stringify(runner.status().problems)).not.toMatch(/ada|secret/);
    await runner.stop();

    const second = recorder(fails);
    const restarted = await house.runner(second.reactor, { backoff: BACKOFF });
    restarted.start();
    await portal('good so far');
    await restarted.settled();
    expect(restarted.status()).toMatchObject({ waiting: 1, parked: 1 });
    broken = false;
    expect(await restarted.retryParked()).toBe(1);
    house.clock.now += 60_000;
    await restarted.settled();
    expect(second.names.sort()).toEqual(['bad', 'good so far']);
    expect(restarted.status()).toMatchObject({ waiting: 0, parked: 0, problems: [] });
  });

  it('is parked at once if another try is in vain', async () => {
    const { reactor, keys } = recorder(() => {
      throw new EffectFailed('No such mailbox', { permanent: true });
    });
    const runner = await house.runner(reactor, { backoff: BACKOFF });
    runner.start();
    await portal('bad');
    await runner.settled();
    expect(keys).toHaveLength(1);
    expect(runner.status().problems).toMatchObject([{ error: 'No such mailbox', tries: 1 }]);
  });
});

describe('a crash', () => {
  it('between an effect and the note that it is done brings the effect again, under the same key', async () => {
    const untilStopped = (_: string, signal: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    const first = recorder(untilStopped);
    const dying = await house.runner(first.reactor);
    dying.start();
    await portal('Acme');
    while (first.keys.length === 0) await new Promise(setImmediate);
    // Left as it is, like a process that was killed: nothing more of it is written.
    const second = recorder();
    const runner = await house.runner(second.reactor);
    runner.start();
    await runner.settled();
    expect(second.keys).toEqual(first.keys);
  });

  it('before the checkpoint moved on brings no effect twice', async () => {
    const { reactor, names } = recorder(undefined, 'start');
    const runner = await house.runner(reactor);
    runner.start();
    await portal('Acme');
    await runner.settled();
    await runner.stop();
    await house.vault.delete('reactor-checkpoint', 'recorder');
    const restarted = await house.runner(reactor);
    restarted.start();
    await restarted.settled();
    expect(names).toEqual(['Acme']);
    expect(restarted.status().position).toBe(await house.store.head());
  });
});

it('takes an effect that no event calls for once per key', async () => {
  const { reactor, names } = recorder();
  const runner = await house.runner(reactor);
  runner.start();
  const effect = { key: 'reminder', details: { name: 'offered' }, keepUntil: house.clock.now + 7 * 86_400_000 };
  await runner.offer([effect]);
  await runner.settled();
  house.clock.now += 6 * 86_400_000;
  await house.vault.purge(house.clock.now);
  await runner.offer([effect]);
  await runner.settled();
  expect(names).toEqual(['offered']);
});

it('forgets what is done after a day', async () => {
  const { reactor } = recorder();
  const runner = await house.runner(reactor);
  runner.start();
  await portal('Acme');
  await runner.settled();
  const rows = () => house.vault.list('outbox', { limit: 10 });
  expect((await rows()).map(({ value }) => value)).toEqual([{ state: 'done' }]);
  house.clock.now += 86_400_001;
  expect(await rows()).toEqual([]);
});

it('stops in the middle of a long effect, which has not failed by that', async () => {
  let begun: () => void;
  const started = new Promise<void>((resolve) => (begun = resolve));
  const reactor: Reactor = {
    ...recorder().reactor,
    perform: (_, { signal, progress }) =>
      new Promise((_resolve, reject) => {
        progress(3, 7);
        signal.addEventListener('abort', () => reject(new Error('stopped')));
        begun();
      }),
  };
  const runner = await house.runner(reactor);
  runner.start();
  await portal('Acme');
  await started;
  expect(runner.status().progress).toMatchObject([{ done: 3, total: 7 }]);
  await runner.stop();
  const { reactor: whole, names } = recorder();
  const restarted = await house.runner(whole);
  expect(restarted.status()).toMatchObject({ waiting: 1, retrying: 0 });
  restarted.start();
  await restarted.settled();
  expect(names).toEqual(['Acme']);
});
