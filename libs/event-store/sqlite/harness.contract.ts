import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Harness } from '../contract/support.contract.js';
import type { EventStore } from '../port.js';
import { openSqliteEventStore } from './event-store.js';

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'gatehouse-log-'));

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** A log in a folder of its own, for the contract suite. */
export function sqliteHarness(): Harness {
  const folder = newFolder();
  let store: EventStore | undefined;
  const open = async (): Promise<EventStore> => {
    await store?.close();
    return (store = openSqliteEventStore({ file: join(folder, 'log.db') }));
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
