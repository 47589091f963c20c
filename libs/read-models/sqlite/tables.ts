import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { checkCollection, checkField } from '../condition.js';
import type { Doc, View } from '../port.js';

/**
 * A collection is a table: documents as JSON text, NULL for a tombstone, and a column for each indexed field with the same
 * value once more. Indexes are on those columns, not on expressions, so that a change that leaves them alone touches no index.
 */
export interface Table {
  readonly name: string;
  /** Fields that have a column. */
  readonly fields: readonly string[];
}

/** A field's value as json_extract would give it: what columns hold and conditions compare with. */
export type Scalar = string | number | null;

export const LIVE = 'deleted = 0';

export const columnOf = (field: string): string => `f_${checkField(field)}`;

/** The expression that a field is filtered and sorted by. Refuses names that could be anything but a field. */
export function fieldExpression(field: string, fields: readonly string[]): string {
  if (field === 'id') return 'id';
  return fields.includes(field) ? columnOf(field) : `json_extract(doc,'$.${checkField(field)}')`;
}

export const tableName = (collection: string): string => `doc_${checkCollection(collection)}`;

export function createTable(db: DatabaseSyncInstance, collection: string, indexes: View['indexes']): void {
  const name = tableName(collection);
  const fields = [...new Set(indexes.flat())].filter((field) => field !== 'id');
  const columns = fields.map((field) => `, ${columnOf(field)} ANY`).join('');
  db.exec(
    `CREATE TABLE IF NOT EXISTS ${name}
       (id TEXT PRIMARY KEY, pos INTEGER NOT NULL, deleted INTEGER NOT NULL, doc TEXT${columns}) STRICT`,
  );
  db.exec(`CREATE INDEX IF NOT EXISTS ${name}__tombstones ON ${name} (pos) WHERE deleted = 1`);
  for (const each of indexes) {
    const expressions = each.map((field) => fieldExpression(field, fields)).join(', ');
    const order = each.at(-1) === 'id' ? expressions : `${expressions}, id`;
    db.exec(`CREATE INDEX IF NOT EXISTS ${name}__${each.join('__')} ON ${name} (${order}) WHERE ${LIVE}`);
  }
}

/** The table as the file has it. */
export function readTable(db: DatabaseSyncInstance, collection: string): Table {
  const name = tableName(collection);
  const columns = db.prepare('SELECT name FROM pragma_table_info(?)').all(name) as { name: string }[];
  return { name, fields: columns.flatMap((column) => (column.name.startsWith('f_') ? [column.name.slice(2)] : [])) };
}

/** What a document's columns hold. */
export const scalarsOf = (doc: Doc | null, fields: readonly string[]): Scalar[] =>
  fields.map((field) => toScalar(doc?.[field]));

function toScalar(value: unknown): Scalar {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value === undefined || value === null ? null : JSON.stringify(value);
}

/**
 * Parameters: pos, doc, the changed columns, id, pos, the other columns. Changes a document of which the other columns are as
 * given, and touches only the indexes of the changed ones.
 */
export function update({ name, fields }: Table, changed: readonly string[]): string {
  const others = fields.filter((field) => !changed.includes(field));
  const set = ['pos', 'doc', ...changed.map(columnOf)].map((column) => `${column} = ?`).join(', ');
  const same = others.map((field) => ` AND ${columnOf(field)} IS ?`).join('');
  return `UPDATE ${name} SET ${set} WHERE id = ? AND pos < ? AND ${LIVE}${same}`;
}

/** Parameters: id, pos, deleted, doc, then the columns. An older write changes nothing. */
export function upsert({ name, fields }: Table): string {
  const columns = ['pos', 'deleted', 'doc', ...fields.map(columnOf)];
  return `INSERT INTO ${name} (id, ${columns.join(', ')}) VALUES (?${', ?'.repeat(columns.length)})
    ON CONFLICT (id) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}
    WHERE excluded.pos > pos`;
}
