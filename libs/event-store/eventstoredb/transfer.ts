import type { VaultStore } from '#vault/port.js';
import { canonicalBody } from '../canonical.js';
import type { StoredEvent } from '../port.js';
import { DOMAIN_STREAMS } from '../technical.js';
import { LogInUse, type LogTransfer } from '../transfer.js';
import { arrivalOn, noteBegun, noteFinished } from './arrival.js';
import { claimOf } from './claims.js';
import { connect, type ConnectionOptions } from './connection.js';
import { unreadable } from './failures.js';
import { logIdOn } from './log-id.js';
import { persistentStreams } from './persistent-append.js';
import { keepReceipts, keptReceipts } from './receipts.js';
import { wholeLog } from './whole-log.js';

export interface EventStoreDbTransferOptions extends ConnectionOptions {
  /** Keeps the receipts; absent: the log is read only. */
  readonly vault?: VaultStore;
}

const PAGE = 512;
/** Canonical text in one append; the server's limit is 1 MB. One event that is larger goes alone. */
const APPEND_BYTES = 256 * 1024;
const CLAIMS_AT_ONCE = 16;

const domain = new RegExp(DOMAIN_STREAMS);

/** The log on an EventStoreDB server, to move it from here or to here. Follows nothing and takes no claims. */
export async function openEventStoreDbTransfer(options: EventStoreDbTransferOptions): Promise<LogTransfer> {
  const { vault } = options;
  const connection = await connect(options);
  const streams = persistentStreams(connection);

  async function read(after: bigint, limit: number): Promise<readonly StoredEvent[]> {
    const found: StoredEvent[] = [];
    for (let from = after; found.length < limit;) {
      // One more than needed: the event at the position itself comes first and is known.
      const size = Math.min(PAGE, limit - found.length + 1);
      const page = await connection.readAll(from <= 0n ? 'start' : from, false, size).catch((error: unknown) => {
        throw unreadable(error);
      });
      found.push(...page.filter(({ position, stream }) => position > from && domain.test(stream)));
      const last = page.at(-1)?.position;
      if (page.length < size || last === undefined || last === from) break;
      from = last;
    }
    return found;
  }

  try {
    return {
      logId: await logIdOn(streams),
      read,
      end: async () => (await wholeLog(connection).end()).head,
      receipts: async () => (vault ? keptReceipts(vault) : []),
      arrival: () => arrivalOn(streams),
      async begin(from) {
        const arrival = await arrivalOn(streams);
        if (arrival ? arrival.from !== from : (await read(0n, 1)).length > 0) {
          throw new LogInUse('The log has events already: name a server with an empty one');
        }
        if (!arrival) await noteBegun(streams, from);
      },
      async write(events) {
        for (const { stream, revision, run } of runsOf(events)) {
          const written = await streams.append(stream, revision - 1, run);
          if (written.outcome !== 'written') throw notNext({ stream, revision });
        }
      },
      async hold(claims) {
        const all = [...claims];
        for (let done = 0; done < all.length; done += CLAIMS_AT_ONCE) {
          await Promise.all(all.slice(done, done + CLAIMS_AT_ONCE).map(([claim, owner]) => nameOwner(claim, owner)));
        }
      },
      async keep(receipts) {
        if (vault) await keepReceipts(vault, receipts);
      },
      finish: () => noteFinished(streams),
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }

  /** The newest entry of a claim's stream names the only stream that may hold it; that this one does, its events say. */
  async function nameOwner(claim: string, owner: string): Promise<void> {
    const { stream, entry, ownerIn } = claimOf(claim);
    const [newest] = await streams.readStream(stream, { backwards: true, limit: 1 });
    if (newest && ownerIn(newest) === owner) return;
    const named = await streams.append(stream, newest?.revision ?? -1, [entry(owner)]);
    if (named.outcome !== 'written') throw new LogInUse('The log is being written by somebody else');
  }
}

type Written = Parameters<LogTransfer['write']>[0][number];

/** Events of one stream that follow on each other, as one append each. */
function runsOf(events: readonly Written[]) {
  const runs: { stream: string; revision: number; run: Written[]; bytes: number }[] = [];
  for (const event of events) {
    const bytes = Buffer.byteLength(canonicalBody(event));
    const last = runs.at(-1);
    if (last?.stream === event.stream && last.bytes + bytes <= APPEND_BYTES) {
      if (event.revision !== last.run.at(-1)!.revision + 1) throw notNext(event);
      last.run.push(event);
      last.bytes += bytes;
    } else runs.push({ stream: event.stream, revision: event.revision, run: [event], bytes });
  }
  return runs;
}

const notNext = ({ stream, revision }: Pick<Written, 'stream' | 'revision'>): LogInUse =>
  new LogInUse(
    `Revision ${revision} of ${stream} does not follow on what is there: the log is not a copy of the other`,
  );
