import { jsonEvent, streamNameFilter, type AllStreamSubscription } from '@eventstore/db-client';
import { append, event, failureOf, listen, newName, openBench, type Bench } from '../support/eventstore/calibration.js';

describe('An EventStoreDB server, subscribed to', () => {
  let bench: Bench;
  const subscriptions: AllStreamSubscription[] = [];
  beforeAll(async () => {
    bench = await openBench();
  });
  afterEach(async () => {
    await Promise.all(subscriptions.splice(0).map((one) => one.unsubscribe()));
  });
  afterAll(() => bench.close());

  const subscribe = (options: Parameters<Bench['client']['subscribeToAll']>[0]): AllStreamSubscription => {
    const subscription = bench.client.subscribeToAll(options);
    subscriptions.push(subscription);
    return subscription;
  };
  const only = (prefix: string) => streamNameFilter({ prefixes: [prefix] });

  it('confirms, sends the backlog after the position, says once that it is caught up, and goes on live', async () => {
    const name = newName();
    const sent = [];
    for (let n = 0; n < 4; n++) sent.push(await append(bench, name, event(n), 'any'));
    const commit = sent[1]!.position!;
    const subscription = subscribe({ fromPosition: { commit, prepare: commit }, filter: only(name) });
    const heard = listen(subscription, (all) => all.includes('5'));
    await listen(subscription, (all) => all.includes('caughtUp'));
    await append(bench, name, [event(4), event(5)], 'any');
    expect(await heard).toEqual(['confirmation', '2', '3', 'caughtUp', '4', '5']);
  });

  it('is caught up from the end and with nothing that matches', async () => {
    const enough = (all: readonly string[]) => all.includes('caughtUp');
    expect(await listen(subscribe({ fromPosition: 'end' }), enough)).toEqual(['confirmation', 'caughtUp']);
    expect(await listen(subscribe({ filter: only(newName()) }), enough)).toEqual(['confirmation', 'caughtUp']);
  });

  it('filters by pattern, looking ahead included', async () => {
    const run = newName();
    await append(bench, `claim-${run}`, event(0), 'any');
    await append(bench, `developer-${run}`, event(1), 'any');
    const filter = streamNameFilter({ regex: `^(?!\\$|claim-).*${run}$` });
    expect(await listen(subscribe({ filter }), (all) => all.includes('caughtUp'))).toEqual([
      'confirmation',
      '1',
      'caughtUp',
    ]);
  });

  it('reports checkpoints over what does not match, from which one can go on', async () => {
    const [name, noise] = [newName(), newName()];
    await append(
      bench,
      noise,
      Array.from({ length: 200 }, (_, n) => event(n)),
      'any',
    );
    await append(bench, name, event(1), 'any');
    const positions: bigint[] = [];
    const filter = streamNameFilter({
      prefixes: [name],
      checkpointInterval: 1,
      checkpointReached: async (_, { commit }) => void positions.push(commit),
    });
    await listen(subscribe({ filter }), (all) => all.includes('caughtUp'));
    expect(positions.length).toBeGreaterThanOrEqual(6);
    expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
    for (const commit of positions) {
      const again = subscribe({ fromPosition: { commit, prepare: commit }, filter: only(name) });
      expect(await listen(again, (all) => all.includes('caughtUp'))).toEqual(['confirmation', '1', 'caughtUp']);
    }
  });

  it('accepts a position that no event has, and one beyond the end', async () => {
    const { position } = await append(bench, newName(), event(0), 'any');
    for (const commit of [position! - 1n, position! + 10_000_000n]) {
      const heard = listen(subscribe({ fromPosition: { commit, prepare: commit } }), (all) => all.includes('caughtUp'));
      expect(await heard).toContain('confirmation');
    }
  });

  it('keeps a live subscriber of 64 events at once, and drops one of 1,000', async () => {
    const name = newName();
    const subscription = subscribe({ fromPosition: 'end', filter: only(name) });
    const heard = listen(subscription, (all) => all.some((what) => what.startsWith('error')));
    const some = listen(subscription, (all) => all.includes('63'));
    await listen(subscription, (all) => all.includes('caughtUp'));
    await append(
      bench,
      name,
      Array.from({ length: 64 }, (_, n) => event(n)),
      'any',
    );
    expect(await some).not.toContain('error 10');
    for (let burst = 0; burst < 5 && !subscription.destroyed; burst++) {
      await append(
        bench,
        name,
        Array.from({ length: 1_000 }, () => event(64)),
        'any',
      );
    }
    expect((await heard).at(-1)).toBe('error 10');
  });

  it('ends quietly when it is given up', async () => {
    const subscription = subscribe({ fromPosition: 'end' });
    const ended = (async () => {
      for await (const _ of subscription);
    })();
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    await subscription.unsubscribe();
    await expect(ended).resolves.toBeUndefined();
  });

  it('refuses a pattern that is none', async () => {
    const failed = new Promise((resolve) =>
      subscribe({ filter: streamNameFilter({ regex: '(' }) }).on('error', resolve),
    );
    expect(failureOf(await failed)).toMatchObject({ type: 'unknown', code: 2 });
  });

  it('is caught up with a missing stream only when the stream has come', async () => {
    const name = newName();
    const heard: string[] = [];
    const subscription = bench.client.subscribeToStream(name);
    subscription.on('caughtUp', () => heard.push('caughtUp'));
    const first = new Promise<void>((resolve) => subscription.on('data', () => (heard.push('event'), resolve())));
    const caughtUp = new Promise<void>((resolve) => subscription.on('caughtUp', () => resolve()));
    await new Promise((resolve) => subscription.once('confirmation', resolve));
    await append(bench, name, jsonEvent({ type: 'tested', data: {} }), 'any');
    await Promise.all([first, caughtUp]);
    expect(heard).toEqual(['event', 'caughtUp']);
    await subscription.unsubscribe();
  });
});
