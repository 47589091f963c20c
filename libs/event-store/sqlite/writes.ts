import type { AppendResult, ClaimTaken, Receipt, StoredEvent } from '../port.js';
import { DuplicateEventId, type Prepared } from '../prepare.js';
import type { Database } from './log-file.js';
import { COLUMNS, ROWS, toStored, type Row } from './rows.js';

/** Expired receipts deleted per commit: a backlog after a pause is worked off without a long one. */
const PURGED_PER_COMMIT = 100;

/** The result, and the events it stored: none for a refusal or for the repeat of an earlier append. */
export interface Written {
  readonly result: AppendResult | DuplicateEventId;
  readonly stored: readonly StoredEvent[];
}

export interface Writes {
  /** Checks everything before it writes anything, so that a refusal leaves the transaction as it was. */
  append(append: Prepared, head: bigint): Written;
  sealReceipt(key: string, sealed: string): void;
  purgeReceipts(now: number): void;
}

/** Everything that is done inside a write transaction, over one connection. */
export function prepareWrites(db: Database, now: () => number): Writes {
  const statement = (sql: string) => db.prepare(sql, ROWS);
  const revision = statement('SELECT max(revision) FROM events WHERE stream = ?');
  const byId = statement(`SELECT ${COLUMNS} FROM events WHERE id = ?`);
  const insert = statement('INSERT INTO events (position, stream, revision, id, type, body) VALUES (?, ?, ?, ?, ?, ?)');
  const owner = statement('SELECT owner FROM claims WHERE hash = ?');
  const take = statement('INSERT OR IGNORE INTO claims (hash, owner) VALUES (?, ?)');
  const drop = statement('DELETE FROM claims WHERE hash = ? AND owner = ?');
  // The first answer recorded under a key stays, until it has expired.
  const record = statement(
    `INSERT INTO receipts (key, payload, command_id, expires_at, sealed) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET payload = excluded.payload, command_id = excluded.command_id,
       expires_at = excluded.expires_at, sealed = excluded.sealed
     WHERE receipts.expires_at <= ?`,
  );
  const recordedBy = statement('SELECT command_id FROM receipts WHERE key = ? AND expires_at > ?');
  const seal = statement('UPDATE receipts SET sealed = ? WHERE key = ?');
  const purge = statement(
    `DELETE FROM receipts WHERE key IN (SELECT key FROM receipts WHERE expires_at <= ? LIMIT ${PURGED_PER_COMMIT})`,
  );

  const actualRevision = (stream: string): number => Number((revision.get(stream) as [bigint | null])[0] ?? -1n);

  /** Known ids at the same place are the same append again and get its answer; any other known id is refused. */
  function repeated({ stream, expectedRevision, events }: Prepared): Written | undefined {
    const rows = events.map(({ id }) => byId.get(id) as Row | undefined);
    const known = rows.filter((row) => row !== undefined).map(toStored);
    if (known.length === 0) return undefined;
    const foreign = known.find((event) => event.stream !== stream);
    if (foreign) {
      const message = `The event id ${foreign.id} is taken by stream ${foreign.stream}: make ids from the command's id`;
      return { result: new DuplicateEventId(message), stored: [] };
    }
    const same = rows.every((row, index) => row && Number(row[2]) === expectedRevision + 1 + index);
    return { result: same ? appended(known) : wrongRevision(stream), stored: [] };
  }

  const wrongRevision = (stream: string): AppendResult => ({
    outcome: 'wrong-revision',
    actualRevision: actualRevision(stream),
  });

  function taken({ stream, claims }: Prepared): ClaimTaken | undefined {
    for (const claim of claims?.take ?? []) {
      const holder = (owner.get(claim) as [string] | undefined)?.[0];
      if (holder !== undefined && holder !== stream) return { outcome: 'claim-taken', claim, owner: holder };
    }
    return undefined;
  }

  function write({ stream, expectedRevision, events, bodies, claims, receipt }: Prepared, head: bigint): Written {
    const stored = events.map(({ id, type }, index) => {
      const row: Row = [head + BigInt(index + 1), stream, BigInt(expectedRevision + 1 + index), id, bodies[index]!];
      insert.run(row[0], row[1], row[2], id, type, row[4]);
      return toStored(row);
    });
    for (const claim of claims?.drop ?? []) drop.run(claim, stream);
    for (const claim of claims?.take ?? []) take.run(claim, stream);
    if (receipt) recordReceipt(receipt);
    return { result: appended(stored), stored };
  }

  /** Another command was recorded under this key: two senders of one request, of which one wins. */
  function recorded({ receipt }: Prepared): boolean {
    const by = receipt && (recordedBy.get(receipt.key, now()) as [string] | undefined)?.[0];
    return by !== undefined && by !== receipt!.commandId;
  }

  function recordReceipt({ key, payload, commandId, expiresAt, sealed }: Receipt): void {
    record.run(key, payload, commandId, expiresAt, sealed, now());
  }

  return {
    append(append, head) {
      const repeat = repeated(append);
      if (repeat) return repeat;
      if (recorded(append)) return { result: { outcome: 'already-recorded' }, stored: [] };
      if (actualRevision(append.stream) !== append.expectedRevision) {
        return { result: wrongRevision(append.stream), stored: [] };
      }
      const refused = taken(append);
      return refused ? { result: refused, stored: [] } : write(append, head);
    },
    sealReceipt: (key, sealed) => void seal.run(sealed, key),
    purgeReceipts: (before) => void purge.run(before),
  };
}

function appended(events: readonly StoredEvent[]): AppendResult {
  const last = events.at(-1)!;
  return { outcome: 'appended', position: last.position, revision: last.revision, events };
}
