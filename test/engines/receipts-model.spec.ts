import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VaultStore } from '#vault/port.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';
import { runReceiptHistory } from './model/receipts-world.js';

const RUNS = Number(process.env['GATEHOUSE_MODEL_RUNS'] ?? 200);
const SEED = Number(process.env['GATEHOUSE_MODEL_SEED'] ?? 1);

describe('Receipts beside EventStoreDB, in random histories of racing, stalling and dying processes', () => {
  let folder: string;
  let vault: VaultStore;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-receipts-'));
    vault = openSqliteVault({ file: join(folder, 'vault.db') });
  });
  afterAll(async () => {
    await vault.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('let one command of a key be stored, and answer it to every sender', async () => {
    let [deaths, voided] = [0, 0];
    for (let run = 0; run < RUNS; run++) {
      const found = await runReceiptHistory(SEED + run, vault).catch((error: Error) => {
        throw new Error(`seed ${SEED + run}: ${error.message}`);
      });
      deaths += found.deaths;
      voided += found.voided;
    }
    expect([deaths > RUNS / 20, voided > RUNS / 50]).toEqual([true, true]);
  }, 3_600_000);

  it('would store two if the place of a missing append were not closed', async () => {
    const faults: string[] = [];
    for (let run = 0; run < 200 && faults.length === 0; run++) {
      await runReceiptHistory(SEED + run, vault, false).catch((error: Error) => faults.push(error.message));
    }
    expect(faults).toEqual(['two commands of one key are stored']);
  }, 120_000);
});
