import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openEventStoreDb,
  type EventStoreDb,
  type EventStoreDbOptions,
} from '#event-store/eventstoredb/event-store.js';
import { StoreUnavailable, type StoredEvent } from '#event-store/port.js';
import type { VaultStore } from '#vault/port.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';
import { appendTo, newEvent, newEvents, newStream } from '../../libs/event-store/contract/support.contract.js';
import { freeze } from '../support/eventstore/faults.js';
import { startRelay, type Relay } from '../support/eventstore/relay.js';
import { startEventStore, type EventStoreDouble } from '../support/eventstore/server.js';

describe('EventStoreDB under faults', () => {
  let folder: string;
  let double: EventStoreDouble;
  let relay: Relay;
  let vault: VaultStore;
  let store: EventStoreDb;
  const stores: EventStoreDb[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-esdb-'));
    double = await startEventStore({ folder: join(folder, 'server') });
    relay = await startRelay(double);
    vault = openSqliteVault({ file: join(folder, 'vault.db') });
    store = await open();
  });
  afterEach(async () => {
    double.faults.frozen = undefined;
    await relay.open();
    await Promise.all(stores.splice(0).map((one) => one.close()));
    await vault.close();
    relay.close();
    await double.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A process of its own, as far as the server can tell. */
  async function open(options: Partial<EventStoreDbOptions> = {}): Promise<EventStoreDb> {
    const connectionString = `esdb://127.0.0.1:${relay.port}?tls=false`;
    const opened = await openEventStoreDb({ connectionString, vault, notSentMs: 50, ...options });
    stores.push(opened);
    return opened;
  }

  const idsIn = async (stream: string): Promise<string[]> => (await store.readStream(stream)).map(({ id }) => id);

  it('answers an append whose acknowledgement was lost with the connection, and stores it once', async () => {
    double.faults.loseAcks = 1;
    double.faults.onLostAck = () => relay.cut();
    const events = newEvents(2);
    const { revision } = await appendTo(store, newStream(), -1, events);
    expect(revision).toBe(1);
    expect(double.faults.loseAcks).toBe(0);
    expect((await store.readAll({ after: 0n, limit: 10 })).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  });

  it('answers an append whose acknowledgement never came, and stores it once', async () => {
    const impatient = await open({ deadlineMs: 300 });
    double.faults.loseAcks = 1;
    const [event] = newEvents(1);
    const stream = newStream();
    await appendTo(impatient, stream, -1, [event!]);
    expect(await idsIn(stream)).toEqual([event!.id]);
  });

  it.each(['call', 'batch'] as const)(
    'loses and doubles nothing while connections are cut, appending by %s',
    async (appendBy) => {
      const cutOff = await open({ appendBy });
      const acknowledged: string[] = [];
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          const stream = newStream();
          for (let revision = -1; revision < 14; revision++) {
            const events = newEvents(1);
            await appendTo(cutOff, stream, revision, events);
            acknowledged.push(events[0]!.id);
            if (acknowledged.length % 12 === 0) relay.cut();
          }
        }),
      );
      const stored = (await store.readAll({ after: 0n, limit: 1_000 })).map(({ id }) => id);
      expect(stored.sort()).toEqual(acknowledged.sort());
      expect(stored).toHaveLength(120);
    },
  );

  it('says that nothing was stored when the server is not there, and goes on when it is', async () => {
    relay.shut();
    const append = { stream: newStream(), expectedRevision: -1, events: newEvents(1) };
    await expect(store.readStream(append.stream)).rejects.toThrow(StoreUnavailable);
    await expect(store.head()).rejects.toThrow(/could not be read/);
    await expect(store.append(append)).rejects.toThrow(/nothing was stored/);
    await relay.open();
    expect(await store.append(append)).toMatchObject({ outcome: 'appended', revision: 0 });
  });

  it('says so when it cannot find out, and a repeat finds what was stored', async () => {
    const impatient = await open({ deadlineMs: 200, openMs: 300 });
    double.faults.loseAcks = 100;
    const append = { stream: newStream(), expectedRevision: -1, events: newEvents(1) };
    await expect(impatient.append(append)).rejects.toThrow(/it may be stored/);
    double.faults.loseAcks = 0;
    expect(await impatient.append(append)).toMatchObject({ outcome: 'appended', revision: 0 });
    expect(await idsIn(append.stream)).toHaveLength(1);
  });

  it('answers in bounded time while the server is frozen', async () => {
    const impatient = await open({ deadlineMs: 200, openMs: 300 });
    const thaw = freeze(double.faults);
    await expect(impatient.append({ stream: newStream(), expectedRevision: -1, events: newEvents(1) })).rejects.toThrow(
      /it may be stored/,
    );
    await expect(impatient.readStream(newStream())).rejects.toThrow(/no answer in time/);
    thaw();
    await appendTo(impatient, newStream(), -1);
  });

  it('turns appends away at once when too many are under way', async () => {
    const bounded = await open({ maxInFlight: 5 });
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => appendTo(bounded, newStream(), -1)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StoreUnavailable);
  });

  it('refuses events that are too large, and stores nothing of them', async () => {
    const stream = newStream();
    const events = [newEvent(), newEvent({ text: 'x'.repeat(1_100_000) })];
    await expect(store.append({ stream, expectedRevision: -1, events })).rejects.toThrow(RangeError);
    expect(await idsIn(stream)).toEqual([]);
  });

  it('hears what every process appends, each event once and in order, though it is dropped and cut off all the time', async () => {
    double.faults.liveBuffer = 2;
    const other = await open();
    const heard: StoredEvent[] = [];
    const all = new Promise<void>((resolve) =>
      store.onAppended((events) => {
        heard.push(...events);
        if (heard.length >= 300) resolve();
      }),
    );
    for (let n = 0; n < 25; n++) {
      await Promise.all([store, other, other].map((one) => appendTo(one, newStream(), -1, newEvents(4))));
      if (n % 8 === 7) relay.cut();
    }
    await all;
    expect(heard).toEqual(await store.readAll({ after: 0n, limit: 1_000 }));
    expect(store.standing().resubscribed).toBeGreaterThan(0);
    expect(store.standing().head).toBe(heard.at(-1)!.position);
  });

  it('keeps one of two processes that make the log’s id, and both know it', async () => {
    const fresh = await startEventStore();
    const both = await Promise.all([1, 2].map(() => openEventStoreDb({ connectionString: fresh.url, vault })));
    expect(both[0]!.logId).toBe(both[1]!.logId);
    await Promise.all(both.map((one) => one.close()));
    await fresh.stop();
  });

  it('answers a command recorded by another process, and closes the place of one that died', async () => {
    const other = await open();
    const receipt = (commandId: string) => ({
      key: 'key',
      payload: 'p',
      commandId,
      expiresAt: Date.now() + 60_000,
      sealed: 's',
    });
    const [dead, mine] = [newStream(), newStream()];
    // The other process dies between recording and appending, long ago.
    const [event] = newEvents(1);
    const kept = { ...receipt('dead'), stream: dead, expectedRevision: -1, event: event!.id, at: Date.now() - 60_000 };
    await vault.insert('receipt', 'key', kept, { expiresAt: kept.expiresAt });
    const append = { stream: mine, expectedRevision: -1, events: newEvents(1), receipt: receipt('mine') };
    expect(await store.append(append)).toMatchObject({ outcome: 'appended' });
    expect(await other.receipt('key')).toMatchObject({ commandId: 'mine' });
    // Its append, should it still come, is refused.
    const late = await other.append({ stream: dead, expectedRevision: -1, events: [event!] });
    expect(late).toEqual({ outcome: 'wrong-revision', actualRevision: 0 });
    expect(await store.readStream(dead)).toEqual([]);
  });

  it('refuses a connection string without quoting it', async () => {
    const opening = openEventStoreDb({ connectionString: 'esdb://user:secret@host:port?x', vault });
    await expect(opening).rejects.toThrow(StoreUnavailable);
    await expect(opening).rejects.not.toThrow(/secret/);
  });
});
