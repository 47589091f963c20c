import { transaction } from '#sqlite/transaction.js';
import type { ClaimTaken, Receipt, WrongRevision } from '../port.js';
import type { Database } from './log-file.js';
import { COLUMNS, ROWS, toStored, type Row } from './rows.js';
import type { Batch, Done, NewRows, Work } from './works.js';

/** Expired receipts deleted per commit: a backlog after a pause is worked off without a long one. */
const PURGED_PER_COMMIT = 100;

/** Does the works of a batch in one transaction, in order; throws if it could not be committed. */
export type Commit = (batch: Batch) => readonly Done[];

/** The write transaction of an event log, over one connection. */
export function prepareWrites(db: Database): Commit {
  const statement = (sql: string) => db.prepare(sql, ROWS);
  const head = statement('SELECT max(position) FROM events');
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
  function repeated({ stream, expectedRevision, ids }: NewRows): Done | undefined {
    const rows = ids.map((id) => byId.get(id) as Row | undefined);
    const known = rows.filter((row) => row !== undefined).map(toStored);
    if (known.length === 0) return undefined;
    const foreign = known.find((event) => event.stream !== stream);
    if (foreign) return { outcome: 'taken-id', id: foreign.id, by: foreign.stream };
    const same = rows.every((row, index) => row && Number(row[2]) === expectedRevision + 1 + index);
    return same ? { outcome: 'repeated', events: known } : wrongRevision(stream);
  }

  const wrongRevision = (stream: string): WrongRevision => ({
    outcome: 'wrong-revision',
    actualRevision: actualRevision(stream),
  });

  function taken({ stream, claims }: NewRows): ClaimTaken | undefined {
    for (const claim of claims?.take ?? []) {
      const holder = (owner.get(claim) as [string] | undefined)?.[0];
      if (holder !== undefined && holder !== stream) return { outcome: 'claim-taken', claim, owner: holder };
    }
    return undefined;
  }

  function write(
    { stream, expectedRevision, ids, types, bodies, claims, receipt }: NewRows,
    after: bigint,
    now: number,
  ) {
    ids.forEach((id, index) => {
      const at = BigInt(index + 1);
      insert.run(after + at, stream, BigInt(expectedRevision) + at, id, types[index]!, bodies[index]!);
    });
    for (const claim of claims?.drop ?? []) drop.run(claim, stream);
    for (const claim of claims?.take ?? []) take.run(claim, stream);
    if (receipt) recordReceipt(receipt, now);
  }

  /** Another command was recorded under this key: two senders of one request, of which one wins. */
  function recorded({ receipt }: NewRows, now: number): boolean {
    const by = receipt && (recordedBy.get(receipt.key, now) as [string] | undefined)?.[0];
    return by !== undefined && by !== receipt!.commandId;
  }

  function recordReceipt({ key, payload, commandId, expiresAt, sealed }: Receipt, now: number): void {
    record.run(key, payload, commandId, expiresAt, sealed, now);
  }

  /** Checks everything before it writes anything, so that a refusal leaves the transaction as it was. */
  function append(rows: NewRows, after: bigint, now: number): Done {
    const repeat = repeated(rows);
    if (repeat) return repeat;
    if (recorded(rows, now)) return { outcome: 'already-recorded' };
    if (actualRevision(rows.stream) !== rows.expectedRevision) return wrongRevision(rows.stream);
    const refused = taken(rows);
    if (refused) return refused;
    write(rows, after, now);
    return { outcome: 'stored', first: after + 1n };
  }

  return ({ works, now }) =>
    transaction(db, () => {
      // Positions are given inside the write transaction.
      let last = (head.get() as [bigint | null])[0] ?? 0n;
      const perform = (work: Work): Done => {
        if (work.kind === 'seal') {
          seal.run(work.sealed, work.key);
          return { outcome: 'sealed' };
        }
        const done = append(work.rows, last, now);
        if (done.outcome === 'stored') last += BigInt(work.rows.ids.length);
        return done;
      };
      const done = works.map(perform);
      purge.run(now);
      return done;
    });
}
