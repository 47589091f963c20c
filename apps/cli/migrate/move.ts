import { setTimeout as delay } from 'node:timers/promises';
import type { Movable } from '../../engines/open.js';
import type { Progress } from '../progress.js';
import { CliError } from '../client.js';
import { copyBlobs, copyConsumption } from './documents.js';
import { compareLogs, copyLog, type Reached } from './log.js';
import { beginVault, checkIsFree, copyVault, finishVault, positionsIn } from './vault.js';
import type { PlacedReceipt } from '#event-store/transfer.js';
import { HEARTBEAT } from '#leases/moved.js';

export interface Moved {
  readonly logId: string;
  readonly events: number;
  /** Of both logs (digest.ts). */
  readonly digest: string;
  /** Undefined: an earlier run had finished, and nothing but the logs was compared. */
  readonly records?: number;
  readonly documents?: number;
}

export interface MoveOptions {
  /** A bar for each part that takes long. */
  readonly progress: (title: string) => Progress;
  /** How long a source on servers is watched for signs of life, in ms. Longer than the pause between two heartbeats. */
  readonly watchMs?: number;
}

/**
 * Brings everything but the views from one set of engines to another. It may be cut off at any point and run again: it goes on
 * where it was, and the target cannot be served until all has arrived.
 * @throws CliError, LogInUse
 */
export async function move(
  source: Movable,
  target: Movable,
  { progress, watchMs = 3_000 }: MoveOptions,
): Promise<Moved> {
  const arrival = await target.log.arrival();
  const finished = arrival?.finished === true && arrival.from === source.log.logId;
  const end = await checkStandsStill(source, watchMs);
  if (!finished) {
    await checkIsFree(target.vault, source.log.logId);
    await target.log.begin(source.log.logId); // from here on it cannot be served
    await beginVault(target.vault, source.log.logId);
    await follow(progress('Events'), end, (reached) => copyLog(source.log, target.log, reached));
  }

  const moved = await follow(progress('Comparing'), end, (reached) => compared(source, target, reached));
  const { digest, places, receipts } = moved;
  const result = { logId: target.log.logId, events: digest.count, digest: digest.root() };
  if (finished) {
    await finishVault(target.vault);
    return result;
  }

  const documents = await copyBlobs(source.blobs, target.blobs);
  await copyConsumption(source.consumption, target.consumption);
  await target.log.keep(receipts);
  const records = await copyVault(source.vault, target.vault, {
    from: source.log.logId,
    to: target.log.logId,
    positionOf: (position) => places.get(position),
  });
  if ((await source.log.end()) !== end)
    throw new CliError('The source was written to meanwhile: stop it, and run again');
  await target.log.finish();
  await finishVault(target.vault);
  return { ...result, documents, records };
}

/** Projectors show life in the vault every second; other processes, only when they write. */
async function checkStandsStill({ log, vault }: Movable, watchMs: number): Promise<bigint> {
  const signs = async (): Promise<string> => {
    const beats = await vault.list(HEARTBEAT, { limit: 100 });
    return JSON.stringify([String(await log.end()), ...beats.map(({ id, version }) => [id, version])]);
  };
  const before = await signs();
  if ((await vault.list(HEARTBEAT, { limit: 1 })).length > 0) await delay(watchMs);
  if ((await signs()) !== before) {
    throw new CliError('The source is in use: stop every server and every projector that works on it');
  }
  return log.end();
}

/** Both logs; with the places in the target of what the vault of the source refers to. */
async function compared(source: Movable, target: Movable, reached: Reached) {
  const wanted = await positionsIn(source.vault);
  const recorded = new Map((await source.log.receipts()).map((receipt) => [receipt.commandId, receipt]));
  const places = new Map<bigint, bigint>();
  const receipts: PlacedReceipt[] = [];
  const digest = await compareLogs(
    source.log,
    target.log,
    ({ position, id: event, stream, revision, metadata }, place) => {
      if (wanted.has(position)) places.set(position, place);
      const receipt = recorded.get(metadata['command_id'] ?? '');
      if (!receipt) return;
      receipts.push({ ...receipt, stream, revision, event });
      recorded.delete(receipt.commandId);
    },
    reached,
  );
  return { digest, places, receipts };
}

async function follow<T>(bar: Progress, end: bigint, work: (reached: Reached) => Promise<T>): Promise<T> {
  let count = 0;
  const result = await work((position, events) => {
    count = events;
    bar.update(Number((position * 1000n) / (end > position ? end : position)) / 1000, `${events}`);
  });
  bar.done(`${count}`);
  return result;
}
