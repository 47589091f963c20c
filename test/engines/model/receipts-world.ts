import { randomUUID } from 'node:crypto';
import { claimedAppend } from '#event-store/eventstoredb/claimed-append.js';
import { claimsOn } from '#event-store/eventstoredb/claims.js';
import { knownIds } from '#event-store/eventstoredb/known-ids.js';
import { receiptsIn, recordedAppend, type Receipts } from '#event-store/eventstoredb/receipts.js';
import type { Streams } from '#event-store/eventstoredb/streams.js';
import type { Append, AppendResult } from '#event-store/port.js';
import type { VaultStore } from '#vault/port.js';
import { seeded } from '../../fault/random.js';
import type { Log } from '../../support/eventstore/log.js';
import { newLog, read, streamsOf } from './memory-streams.js';
import { Scheduler, type Process } from './scheduler.js';

interface Sender {
  readonly commandId: string;
  /** Each sender's command makes a thing of its own. */
  readonly stream: string;
}

/** Without `waits`, a record whose events are not there is taken for void at once: to see that the model would notice. */
export async function runReceiptHistory(
  seed: number,
  vault: VaultStore,
  waits = true,
): Promise<{ deaths: number; voided: number }> {
  const random = seeded(seed);
  const log = newLog();
  const scheduler = new Scheduler(random, 0.05);
  const key = randomUUID();
  const senders = Array.from({ length: random.between(2, 4) }, (): Sender => {
    const commandId = randomUUID();
    return { commandId, stream: `application-${commandId}` };
  });
  const answers = new Set<string>();
  for (const sender of senders) {
    scheduler.start(sender.commandId, async (process) => {
      const answer = await send(sender, key, process, { log, vault, scheduler, waits });
      if (answer) answers.add(answer);
    });
  }
  await scheduler.run(() => {
    if (stored(log, senders).length > 1) throw new Error('two commands of one key are stored');
  });

  const found = await calmly(log, vault, key);
  const [only] = stored(log, senders);
  if (found !== only?.commandId) throw new Error(`stored is ${only?.commandId}, and the receipt says ${found}`);
  for (const answer of answers)
    if (answer !== only?.commandId) throw new Error(`${answer} was answered and is not stored`);
  const voided = senders.filter(({ stream }) => read(log, stream).some(({ type }) => type === 'gatehouse.fence.v1'));
  return { deaths: scheduler.deaths, voided: voided.length };
}

const stored = (log: Log, senders: readonly Sender[]): Sender[] =>
  senders.filter(({ stream, commandId }) => read(log, stream).some(({ id }) => id === commandId));

interface World {
  readonly log: Log;
  readonly vault: VaultStore;
  readonly scheduler: Scheduler;
  readonly waits: boolean;
}

/** As the command handler does it; answers the id of the command whose outcome the sender is told. */
async function send(sender: Sender, key: string, process: Process, world: World): Promise<string | undefined> {
  const streams = streamsOf(world.log, process);
  const receipts = receiptsOf(process, world, streams);
  const tools = {
    streams,
    claims: claimsOn(streams, { now: () => world.scheduler.clock, sleep: process.sleep }),
    known: knownIds(streams),
  };
  for (let tries = 0; tries < 5; tries++) {
    const recorded = await receipts.find(key);
    if (recorded) return recorded.commandId;
    const tail = (await streams.readStream(sender.stream)).at(-1)?.revision ?? -1;
    const result = await recordedAppend(appendOf(sender, key, tail), receipts, async (append) => {
      const done = await claimedAppend(append, tools);
      return done.outcome === 'written' ? ({ outcome: 'appended' } as AppendResult) : done;
    });
    if (result.outcome === 'appended') return sender.commandId;
  }
  return undefined;
}

function appendOf({ commandId, stream }: Sender, key: string, expectedRevision: number): Append {
  const receipt = { key, payload: 'p', commandId, sealed: 's', expiresAt: Date.now() + 86_400_000 };
  return { stream, expectedRevision, events: [{ id: commandId, type: 'tested', data: {}, metadata: {} }], receipt };
}

function receiptsOf(process: Process, { vault, scheduler, waits }: World, streams: Streams): Receipts {
  const stepped: VaultStore = {
    ...vault,
    get: (kind, id) => process.step(() => vault.get(kind, id)),
    insert: (...insert) => process.step(() => vault.insert(...insert)),
    replace: (...replace) => process.step(() => vault.replace(...replace)),
  };
  const receipts = receiptsIn(stepped, streams, { now: () => scheduler.clock, sleep: process.sleep });
  return waits ? receipts : { ...receipts, find: (key) => discardUnlessStored(key, stepped, streams, receipts) };
}

async function discardUnlessStored(key: string, vault: VaultStore, streams: Streams, receipts: Receipts) {
  const record = await vault.get('receipt', key);
  if (!record) return undefined;
  const { stream } = record.value as { stream: string };
  if ((await streams.readStream(stream)).length > 0) return receipts.find(key);
  await vault.replace('receipt', key, record.version, record.value, { expiresAt: 1 });
  return undefined;
}

async function calmly(log: Log, vault: VaultStore, key: string): Promise<string | undefined> {
  const calm = new Scheduler(seeded(1), 0);
  calm.clock = 9_000_000;
  let found: string | undefined;
  calm.start('latecomer', async (process) => {
    const streams = streamsOf(log, process);
    const receipts = receiptsIn(vault, streams, { now: () => calm.clock, sleep: process.sleep });
    found = (await receipts.find(key))?.commandId;
  });
  await calm.run(() => undefined);
  return found;
}
