import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { consumptionContract } from '../consumption.contract.js';
import { openSqliteConsumption } from './store.js';

async function fresh() {
  const folder = await mkdtemp(join(tmpdir(), 'consumption-'));
  const file = join(folder, 'consumption.db');
  return {
    file,
    open: async () => openSqliteConsumption({ file }),
    destroy: () => rm(folder, { recursive: true }),
  };
}

consumptionContract('sqlite', fresh);

it('refuses a file of a newer format, and one that is something else', async () => {
  const newer = await fresh();
  await (await newer.open()).close();
  const db = new DatabaseSync(newer.file);
  db.exec('PRAGMA user_version = 99');
  db.close();
  await expect(newer.open()).rejects.toThrow(/newer Gatehouse \(schema 99\)/);
  await newer.destroy();
  const other = await fresh();
  await writeFile(other.file, 'x'.repeat(10_000));
  await expect(other.open()).rejects.toThrow(/not a database/);
  await other.destroy();
});
