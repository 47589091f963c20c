import type { ReadAllOptions, ReadStreamOptions, Receipt, StoredEvent } from '../port.js';
import { FENCE } from '../technical.js';
import type { Database } from './log-file.js';
import { COLUMNS, MAX_POSITION, ROWS, toStored, type Row } from './rows.js';

type ReceiptRow = readonly [payload: string, commandId: string, expiresAt: bigint, sealed: string];

/** Each type costs one search of an index; SQLite joins at most 500 of them. */
const MAX_TYPES = 200;

export interface Reads {
  stream(stream: string, options: ReadStreamOptions): readonly StoredEvent[];
  all(options: ReadAllOptions): readonly StoredEvent[];
  at(position: bigint): StoredEvent | undefined;
  head(): bigint;
  ownerOf(claim: string): string | undefined;
  receipt(key: string, now: number): Receipt | undefined;
}

/** Only a log that came from a server has technical events. */
export const DOMAIN = `type <> '${FENCE}'`;

/** Everything that can be asked of a log, over one connection, each question in a snapshot of its own. */
export function prepareReads(db: Database): Reads {
  const statement = (sql: string) => db.prepare(sql, ROWS);
  const events = (where: string) => statement(`SELECT ${COLUMNS} FROM events WHERE ${where}`);
  const [forwards, forwardsOfAll] = ofDomainAndAll((also) =>
    events(`stream = ? AND revision >= ? ${also} ORDER BY revision LIMIT ?`),
  );
  const [backwards, backwardsOfAll] = ofDomainAndAll((also) =>
    events(`stream = ? AND revision <= ? ${also} ORDER BY revision DESC LIMIT ?`),
  );
  const after = events(`position > ? AND ${DOMAIN} ORDER BY position LIMIT ?`);
  const at = events(`position = ? AND ${DOMAIN}`);
  const head = statement(`SELECT position FROM events WHERE ${DOMAIN} ORDER BY position DESC LIMIT 1`);
  const owner = statement('SELECT owner FROM claims WHERE hash = ?');
  const receipt = statement(
    'SELECT payload, command_id, expires_at, sealed FROM receipts WHERE key = ? AND expires_at > ?',
  );
  const byTypes = new Map<number, ReturnType<typeof statement>>();

  /**
   * Takes the first few of each type from the index and the first few of those: the cost depends on the page, neither on
   * how rare a type is (a scan of the log) nor on how common (a sort of all that match).
   */
  function ofTypes(types: readonly string[], { after: position, limit }: ReadAllOptions): Row[] {
    if (types.length === 0) return [];
    if (types.length > MAX_TYPES) throw new RangeError(`at most ${MAX_TYPES} event types can be asked for at once`);
    let found = byTypes.get(types.length);
    if (!found) {
      const one =
        'SELECT * FROM (SELECT position FROM events WHERE type = ? AND position > ? ORDER BY position LIMIT ?)';
      const all = types.map(() => one).join(' UNION ALL ');
      found = events(`position IN (SELECT position FROM (${all}) ORDER BY position LIMIT ?) ORDER BY position`);
      byTypes.set(types.length, found);
    }
    return found.all(...types.flatMap((type) => [type, position, limit]), limit) as Row[];
  }

  return {
    stream(stream, { from, backwards: down = false, limit, technical = false }) {
      const count = limit ?? -1; // SQLite: no limit
      const rows = down
        ? (technical ? backwardsOfAll : backwards).all(stream, from ?? Number.MAX_SAFE_INTEGER, count)
        : (technical ? forwardsOfAll : forwards).all(stream, from ?? 0, count);
      return (rows as Row[]).map(toStored);
    },
    all(options) {
      if (options.after >= MAX_POSITION) return [];
      const rows = options.types
        ? ofTypes([...new Set(options.types)], options)
        : (after.all(options.after, options.limit) as Row[]);
      return rows.map(toStored);
    },
    at(position) {
      const row = position > MAX_POSITION ? undefined : (at.get(position) as Row | undefined);
      return row && toStored(row);
    },
    head: () => (head.get() as [bigint] | undefined)?.[0] ?? 0n,
    ownerOf: (claim) => (owner.get(claim) as [string] | undefined)?.[0],
    receipt(key, now) {
      const row = receipt.get(key, now) as ReceiptRow | undefined;
      if (!row) return undefined;
      const [payload, commandId, expiresAt, sealed] = row;
      return { key, payload, commandId, expiresAt: Number(expiresAt), sealed };
    },
  };
}

const ofDomainAndAll = <T>(prepare: (also: string) => T): readonly [T, T] => [prepare(`AND ${DOMAIN}`), prepare('')];
