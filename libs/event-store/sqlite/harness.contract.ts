import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Harness } from '../contract/support.contract.js';
import type { EventStore } from '../port.js';
import { openSqliteEventStore, type SqliteLogOptions } from './event-store.js';

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'gatehouse-log-'));

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** A thread runs compiled code only. */
export const compiledWriter = new URL('../../../dist/libs/event-store/sqlite/writer-worker.js', import.meta.url);

/** A log in a folder of its own, for the contract suite. */
export const sqliteHarness = (): Harness => harness();

/** The same, written by a thread. */
export const sqliteThreadHarness = (): Harness => harness({ writeInThread: compiledWriter });

function harness(options: Pick<SqliteLogOptions, 'writeInThread'> = {}): Harness {
  const folder = newFolder();
  let store: EventStore | undefined;
  const open = async (): Promise<EventStore> => {
    await store?.close();
    return (store = openSqliteEventStore({ file: join(folder, 'log.db'), ...options }));
  };
  return {
    open,
    reopen: open,
    async destroy() {
      await store?.close();
      removeFolder(folder);
    },
  };
}
