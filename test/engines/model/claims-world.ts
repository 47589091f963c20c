import { randomUUID } from 'node:crypto';
import { claimedAppend } from '#event-store/eventstoredb/claimed-append.js';
import { claimsOn, type Claims } from '#event-store/eventstoredb/claims.js';
import { knownIds } from '#event-store/eventstoredb/known-ids.js';
import type { Streams } from '#event-store/eventstoredb/streams.js';
import { heldAfter } from '#event-store/held-claims.js';
import { StoreUnavailable, type Append, type NewStoredEvent } from '#event-store/port.js';
import { seeded, type Random } from '../../fault/random.js';
import type { Log } from '../../support/eventstore/log.js';
import { newLog, read, streamsOf } from './memory-streams.js';
import { Scheduler, type Process } from './scheduler.js';

const STREAMS = ['application-1', 'application-2', 'application-3'];
const CLAIMS = ['name', 'reference'];

/** A command: the same however often it is sent, so its events have the same ids. */
interface Command {
  readonly id: string;
  readonly stream: string;
  readonly take: readonly string[];
  readonly drop: readonly string[];
}

/** What is taken out of the protocol, to see that the model would notice. */
export type Weakening = 'none' | 'no fences' | 'claims after the events';

/** One random history; throws when two streams hold one claim, or when nobody can take a claim that nobody holds. */
export async function runHistory(
  seed: number,
  weakening: Weakening = 'none',
): Promise<{ fences: number; deaths: number }> {
  const random = seeded(seed);
  const log = newLog();
  const scheduler = new Scheduler(random, 0.04);
  const commands = Array.from({ length: random.between(3, 6) }, () => newCommand(random));
  // Some are sent twice, by two processes at once, as after a take-over that came too early.
  const sent = commands.flatMap((command) => (random.chance(0.4) ? [command, command] : [command]));
  for (const command of sent) {
    scheduler.start(command.id, (process) => send(command, process, log, scheduler, weakening));
  }
  await scheduler.run(() => assertHeldOnce(log));
  for (const claim of CLAIMS) await assertNotLeaked(claim, log);
  const fences = STREAMS.flatMap((stream) => read(log, stream)).filter(({ type }) => type === 'gatehouse.fence.v1');
  return { fences: fences.length, deaths: scheduler.deaths };
}

function newCommand(random: Random): Command {
  const some = () => CLAIMS.filter(() => random.chance(0.6));
  const taking = random.chance(0.65);
  return { id: randomUUID(), stream: random.pick(STREAMS), take: taking ? some() : [], drop: taking ? [] : some() };
}

/** As the command handler does it: load, decide, append; on a conflict again. */
async function send(
  command: Command,
  process: Process,
  log: Log,
  scheduler: Scheduler,
  weakening: Weakening,
): Promise<void> {
  const streams = weakened(streamsOf(log, process), weakening);
  const claims = claimsOn(streams, { now: () => scheduler.clock, sleep: process.sleep });
  const known = knownIds(streams);
  for (let tries = 0; tries < 5; tries++) {
    const events = await streams.readStream(command.stream);
    known.learn(command.stream, events);
    const append = decide(command, heldAfter(events), events.at(-1)?.revision ?? -1);
    if (!append) return;
    try {
      if ((await attempt(append, { streams, claims, known }, weakening)) !== 'wrong-revision') return;
    } catch (error) {
      // Too much in the way for too long: the sender is told, and nothing else is promised.
      if (error instanceof StoreUnavailable) return;
      throw error;
    }
  }
}

async function attempt(
  append: Append,
  tools: { streams: Streams; claims: Claims; known: ReturnType<typeof knownIds> },
  weakening: Weakening,
): Promise<string> {
  if (weakening !== 'claims after the events') return (await claimedAppend(append, tools)).outcome;
  const written = await tools.streams.append(append.stream, append.expectedRevision, append.events);
  if (written.outcome === 'written')
    await tools.claims.take({ ...append, expectedRevision: append.expectedRevision + 1 });
  return written.outcome;
}

function decide(command: Command, held: ReadonlySet<string>, expectedRevision: number): Append | undefined {
  const take = command.take.filter((claim) => !held.has(claim));
  const drop = command.drop.filter((claim) => held.has(claim));
  if (take.length + drop.length === 0) return undefined;
  const event: NewStoredEvent = {
    id: command.id,
    type: 'application.updated.v1',
    data: {},
    metadata: { claims: JSON.stringify({ take, drop }) },
  };
  return { stream: command.stream, expectedRevision, events: [event], claims: { take, drop } };
}

function weakened(streams: Streams, weakening: Weakening): Streams {
  if (weakening !== 'no fences') return streams;
  return {
    ...streams,
    append: async (stream, revision, events) =>
      events[0]!.type === 'gatehouse.fence.v1'
        ? { outcome: 'written', position: 0n }
        : streams.append(stream, revision, events),
  };
}

const holders = (log: Log, claim: string): string[] =>
  STREAMS.filter((stream) => heldAfter(read(log, stream)).has(claim));

function assertHeldOnce(log: Log): void {
  for (const claim of CLAIMS) {
    const found = holders(log, claim);
    if (found.length > 1) throw new Error(`${claim} is held by ${found.join(' and ')}`);
  }
  for (const stream of STREAMS) {
    const ids = read(log, stream).map(({ id }) => id);
    if (new Set(ids).size !== ids.length) throw new Error(`${stream} has an event twice`);
  }
}

/** Whoever comes when all is quiet gets the claim, or is told who truly holds it. */
async function assertNotLeaked(claim: string, log: Log): Promise<void> {
  const [holder] = holders(log, claim);
  const calm = new Scheduler(seeded(1), 0);
  let outcome: string | undefined;
  let owner: string | undefined;
  calm.start('latecomer', async (process) => {
    const streams = streamsOf(log, process);
    const claims = claimsOn(streams, { now: () => calm.clock, sleep: process.sleep });
    owner = await claims.ownerOf(claim);
    const command = { id: randomUUID(), stream: 'application-latecomer', take: [claim], drop: [] };
    const tail = (await streams.readStream(command.stream)).at(-1)?.revision ?? -1;
    const append = decide(command, new Set(), tail)!;
    outcome = (await claimedAppend(append, { streams, claims, known: knownIds(streams) })).outcome;
  });
  await calm.run(() => undefined);
  if (owner !== holder) throw new Error(`${claim} is held by ${holder}, and ownerOf says ${owner}`);
  if (outcome !== (holder ? 'claim-taken' : 'written')) throw new Error(`${claim} of ${holder} answers ${outcome}`);
}
