import type { DatabaseSyncInstance } from '@photostructure/sqlite';

/**
 * Runs the work in one transaction and gives back what it returned; rolls back and rethrows if it threw.
 * BEGIN IMMEDIATE, since a deferred transaction that turns into a writing one ignores the busy timeout.
 */
export function transaction<T>(db: DatabaseSyncInstance, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // After some failures (disk full, I/O error) SQLite has rolled back by itself.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
