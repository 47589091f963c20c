import { join } from 'node:path';
import { transferContract } from '../contract/transfer.contract.js';
import { appendTo, newStream } from '../contract/support.contract.js';
import { openSqliteEventStore } from './event-store.js';
import { newFolder, removeFolder } from './harness.contract.js';
import { openSqliteTransfer } from './transfer.js';

transferContract('SQLite', () => {
  const folder = newFolder();
  const file = join(folder, 'log.db');
  return {
    openTransfer: async () => openSqliteTransfer({ file }),
    openStore: async () => openSqliteEventStore({ file }),
    destroy: async () => removeFolder(folder),
  };
});

it('a log is read to be moved without a change to its file', async () => {
  const folder = newFolder();
  const file = join(folder, 'log.db');
  expect(() => openSqliteTransfer({ file, readOnly: true })).toThrow('cannot be opened');
  const store = openSqliteEventStore({ file });
  const { events } = await appendTo(store, newStream(), -1);
  const log = openSqliteTransfer({ file, readOnly: true });
  expect(await log.read(0n, 10)).toEqual(events);
  await expect(log.begin('another')).rejects.toThrow();
  await log.close();
  await store.close();
  removeFolder(folder);
});
