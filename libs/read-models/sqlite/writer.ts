import type { StatementSyncInstance } from '@photostructure/sqlite';
import type { Doc, DocWrite } from '../port.js';
import { scalarsOf, update, upsert, type Scalar, type Table } from './tables.js';

/**
 * Writes documents of one table. A new one is inserted at once; of a known one only the columns that change are set, so that
 * the indexes of the others stay untouched. What the writer has found may be outdated: the row is replaced as a whole then.
 */
export function createWriter(prepare: (sql: string) => StatementSyncInstance, table: Table): (write: DocWrite) => void {
  const whole = prepare(upsert(table));
  const updates = new Map<string, StatementSyncInstance>();

  function updateOf(changed: readonly string[]): StatementSyncInstance {
    const key = changed.join();
    let known = updates.get(key);
    if (!known) updates.set(key, (known = prepare(update(table, changed))));
    return known;
  }

  /** False if the document is not there, or not as it was found. */
  function updated({ id, position }: DocWrite, text: string, scalars: readonly Scalar[], before?: Doc | null): boolean {
    const was = before ? scalarsOf(before, table.fields) : scalars;
    const changed: string[] = [];
    const set: Scalar[] = [];
    const same: Scalar[] = [];
    table.fields.forEach((field, index) => {
      const scalar = scalars[index]!;
      if (was[index] === scalar) return same.push(scalar);
      changed.push(field);
      return set.push(scalar);
    });
    return Number(updateOf(changed).run(position, text, ...set, id, position, ...same).changes) > 0;
  }

  return (write) => {
    const { id, position, doc, before } = write;
    const text = doc && JSON.stringify(doc);
    const scalars = scalarsOf(doc, table.fields);
    if (text !== null && before !== null && updated(write, text, scalars, before)) return;
    whole.run(id, position, doc ? 0 : 1, text, ...scalars);
  };
}
