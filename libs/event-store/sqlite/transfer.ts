import { transaction } from '#sqlite/transaction.js';
import { canonicalBody } from '../canonical.js';
import type { Receipt } from '../port.js';
import { LogInUse, type Arrival, type LogTransfer } from '../transfer.js';
import { arrivalIn, closeLogFile, logIdOf, openLogFile } from './log-file.js';
import { DOMAIN } from './reads.js';
import { COLUMNS, MAX_POSITION, ROWS, toStored, type Row } from './rows.js';

export interface SqliteTransferOptions {
  readonly file: string;
  /** A log to read from, which must exist. */
  readonly readOnly?: boolean;
  /** Milliseconds since the epoch; decides which receipts have expired. Default: the system clock. */
  readonly now?: () => number;
}

/** The log in one SQLite file, to move it from here or to here. Makes the file if there is none, unless it is read only. */
export function openSqliteTransfer({ file, readOnly = false, now = Date.now }: SqliteTransferOptions): LogTransfer {
  const db = openLogFile({ file, readOnly, unfinished: true });
  const statement = (sql: string) => db.prepare(sql, ROWS);
  const after = statement(`SELECT ${COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?`);
  const last = statement('SELECT max(position) FROM events');
  const domainEnd = statement(`SELECT position FROM events WHERE ${DOMAIN} ORDER BY position DESC LIMIT 1`);
  const revision = statement('SELECT max(revision) FROM events WHERE stream = ?');
  const insert = statement('INSERT INTO events (position, stream, revision, id, type, body) VALUES (?, ?, ?, ?, ?, ?)');
  const hold = statement('INSERT INTO claims (hash, owner) VALUES (?, ?)');
  const keep = statement(
    'INSERT OR REPLACE INTO receipts (key, payload, command_id, expires_at, sealed) VALUES (?, ?, ?, ?, ?)',
  );
  const number = (row: unknown): bigint | undefined => (row as [bigint | null])[0] ?? undefined;

  const arrive = (arrival: Arrival): void =>
    void db.prepare(`INSERT OR REPLACE INTO meta (name, value) VALUES ('arrival', ?)`).run(JSON.stringify(arrival));

  return {
    logId: logIdOf(db),
    async read(position, limit) {
      return position >= MAX_POSITION ? [] : (after.all(position, limit) as Row[]).map(toStored);
    },
    end: async () => number(domainEnd.get() ?? [null]) ?? 0n,
    async receipts() {
      const rows = db
        .prepare('SELECT key, payload, command_id, expires_at, sealed FROM receipts WHERE expires_at > ?')
        .all(now()) as { key: string; payload: string; command_id: string; expires_at: number; sealed: string }[];
      return rows.map(({ command_id, expires_at, ...rest }): Receipt => ({
        ...rest,
        commandId: command_id,
        expiresAt: expires_at,
      }));
    },
    arrival: async () => arrivalIn(db),
    async begin(from) {
      const arrival = arrivalIn(db);
      if (arrival ? arrival.from !== from : number(last.get()) !== undefined) throw inUse();
      if (!arrival) arrive({ from, finished: false });
    },
    async write(events) {
      transaction(db, () => {
        let position = number(last.get()) ?? 0n;
        for (const event of events) {
          if ((number(revision.get(event.stream)) ?? -1n) !== BigInt(event.revision) - 1n) throw notNext(event);
          position += 1n;
          const { stream, id, type } = event;
          insert.run(position, stream, BigInt(event.revision), id, type, canonicalBody(event));
        }
      });
    },
    async hold(claims) {
      transaction(db, () => {
        db.exec('DELETE FROM claims');
        for (const [hash, owner] of claims) hold.run(hash, owner);
      });
    },
    async keep(receipts) {
      transaction(db, () => {
        for (const { key, payload, commandId, expiresAt, sealed } of receipts) {
          keep.run(key, payload, commandId, expiresAt, sealed);
        }
      });
    },
    async finish() {
      const arrival = arrivalIn(db);
      if (arrival) arrive({ ...arrival, finished: true });
    },
    close: async () => closeLogFile(db, readOnly),
  };
}

const inUse = (): LogInUse => new LogInUse('The log has events already: name an empty one');

const notNext = ({ stream, revision }: { readonly stream: string; readonly revision: number }): LogInUse =>
  new LogInUse(
    `Revision ${revision} of ${stream} does not follow on what is there: the log is not a copy of the other`,
  );
