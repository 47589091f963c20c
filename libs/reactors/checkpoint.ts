import type { Reactor } from './reactor.js';
import type { EventStore } from '#event-store/port.js';
import type { VaultStore } from '#vault/port.js';

const KIND = 'reactor-checkpoint';

/** What reactors need of the event store. */
export type ReactorLog = Pick<EventStore, 'logId' | 'head' | 'readAll' | 'readAt' | 'onAppended'>;

interface Stored {
  readonly logId: string;
  readonly position: string;
  readonly eventId: string;
}

/** A reactor's checkpoint was of another log, or of a later state of this one. It begins as a new reactor does. */
export class CheckpointForeign extends Error {
  override readonly name = 'CheckpointForeign';
}

export async function saveCheckpoint(
  vault: VaultStore,
  log: ReactorLog,
  reactor: string,
  position: bigint,
): Promise<void> {
  const eventId = (await log.readAt(position))?.id ?? '';
  const stored: Stored = { logId: log.logId, position: String(position), eventId };
  await vault.put(KIND, reactor, stored, { relaxed: true });
}

/** Where the reactor goes on, in exclusive positions; a new one's place is stored before this resolves. */
export async function openCheckpoint(
  vault: VaultStore,
  log: ReactorLog,
  { name, from }: Pick<Reactor, 'name' | 'from'>,
  onError: (error: unknown) => void,
): Promise<bigint> {
  const stored = (await vault.get(KIND, name))?.value as Stored | undefined;
  if (stored && (await isOnLog(stored, log))) return BigInt(stored.position);
  if (stored) onError(new CheckpointForeign('The checkpoint of a reactor is not of this log'));
  const position = from === 'start' ? 0n : await log.head();
  await saveCheckpoint(vault, log, name, position);
  return position;
}

/** The event is read back, since a log may have been replaced or restored to an earlier state. */
async function isOnLog({ logId, position, eventId }: Stored, log: ReactorLog): Promise<boolean> {
  if (logId !== log.logId) return false;
  return position === '0' || (await log.readAt(BigInt(position)))?.id === eventId;
}
