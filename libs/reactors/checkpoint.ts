import { FencedOff } from './fence.js';
import type { Reactor } from './reactor.js';
import type { EventStore } from '#event-store/port.js';
import type { VaultStore } from '#vault/port.js';

export const CHECKPOINT = 'reactor-checkpoint';
const MAX_RACES = 20;

/** What reactors need of the event store. */
export type ReactorLog = Pick<EventStore, 'logId' | 'head' | 'readAll' | 'readAt' | 'onAppended' | 'standing'>;

export interface StoredPlace {
  readonly logId: string;
  readonly position: string;
  readonly eventId: string;
  /** Of the lease of whoever wrote it, where several processes could run the reactor. */
  readonly token?: number;
}

/** A reactor's checkpoint was of another log, or of a later state of this one. It begins as a new reactor does. */
export class CheckpointForeign extends Error {
  override readonly name = 'CheckpointForeign';
}

/** A reactor's place in the log: everything up to it is in the outbox. */
export interface Place {
  /** Where the reactor goes on, exclusive. */
  readonly position: bigint;
  /** @throws FencedOff if another process has the place in hand */
  save(position: bigint): Promise<void>;
}

/**
 * Where the reactor goes on; a new one's place is stored before this resolves. With a token it is written under that before
 * this resolves, by compare-and-set: whoever had it before can save nothing any more.
 * @throws FencedOff if a later token has it
 */
export async function openPlace(
  vault: VaultStore,
  log: ReactorLog,
  { name, from }: Pick<Reactor, 'name' | 'from'>,
  onError: (error: unknown) => void,
  token?: number,
): Promise<Place> {
  const recordOf = async (position: bigint): Promise<StoredPlace> => ({
    logId: log.logId,
    position: String(position),
    eventId: (await log.readAt(position))?.id ?? '',
    ...(token !== undefined && { token }),
  });

  function placeAt(position: bigint, version: number): Place {
    let last = version;
    return {
      position,
      async save(reached) {
        if (!(await vault.replace(CHECKPOINT, name, last, await recordOf(reached), { relaxed: true }))) {
          throw new FencedOff(`The place of the reactor ${name} is written by another process`);
        }
        last += 1;
      },
    };
  }

  for (let race = 0; race < MAX_RACES; race++) {
    const record = await vault.get(CHECKPOINT, name);
    const stored = record?.value as StoredPlace | undefined;
    if (token !== undefined && (stored?.token ?? 0) > token) {
      throw new FencedOff(`The reactor ${name} is run by another process`);
    }
    const isValid = stored !== undefined && (await isOnLog(stored, log));
    if (stored && !isValid) onError(new CheckpointForeign('The checkpoint of a reactor is not of this log'));
    const position = isValid ? BigInt(stored.position) : from === 'start' ? 0n : await log.head();
    if (record && isValid && token === undefined) return placeAt(position, record.version);
    const value = await recordOf(position);
    if (record) {
      if (await vault.replace(CHECKPOINT, name, record.version, value, { relaxed: true })) {
        return placeAt(position, record.version + 1);
      }
    } else if (await vault.insert(CHECKPOINT, name, value, { relaxed: true })) {
      const made = await vault.get(CHECKPOINT, name);
      if (made) return placeAt(position, made.version);
    }
  }
  throw new FencedOff(`The place of the reactor ${name} is written by other processes all the time`);
}

/** Where a reactor stands; undefined if it is new, or stands in another log. */
export async function placeOf(
  vault: Pick<VaultStore, 'get'>,
  log: Pick<ReactorLog, 'logId' | 'readAt'>,
  reactor: string,
): Promise<bigint | undefined> {
  const stored = (await vault.get(CHECKPOINT, reactor))?.value as StoredPlace | undefined;
  return stored && (await isOnLog(stored, log)) ? BigInt(stored.position) : undefined;
}

/** The event is read back, since a log may have been replaced or restored to an earlier state. */
async function isOnLog(
  { logId, position, eventId }: StoredPlace,
  log: Pick<ReactorLog, 'logId' | 'readAt'>,
): Promise<boolean> {
  if (logId !== log.logId) return false;
  return position === '0' || (await log.readAt(BigInt(position)))?.id === eventId;
}
