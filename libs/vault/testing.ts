import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VaultStore } from './port.js';
import { openSqliteVault } from './sqlite/vault.js';

export interface TemporaryVault {
  readonly vault: VaultStore;
  /** The vault's clock, milliseconds; tests move it. */
  readonly clock: { now: number };
  /** Everything in the vault's files. */
  bytes(): Buffer;
  destroy(): Promise<void>;
}

/** A real vault in a folder of its own, for tests. */
export function temporaryVault(start = Date.UTC(2026, 0, 1)): TemporaryVault {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-vault-'));
  const clock = { now: start };
  const vault = openSqliteVault({ file: join(dir, 'vault.db'), now: () => clock.now });
  return {
    vault,
    clock,
    bytes: () => Buffer.concat(readdirSync(dir).map((name) => readFileSync(join(dir, name)))),
    async destroy() {
      await vault.close();
      rmSync(dir, { recursive: true });
    },
  };
}
