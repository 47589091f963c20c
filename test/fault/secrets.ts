import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openKeyring, type Keyring } from '#vault/keyring.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';

/** Lends the keyring of a data folder that no process has open. */
export async function withKeyring<T>(dataDir: string, use: (keyring: Keyring) => Promise<T>): Promise<T> {
  const vault = openSqliteVault({ file: join(dataDir, 'vault.db') });
  try {
    const masterKey = Buffer.from(readFileSync(join(dataDir, 'master-key'), 'utf8').trim(), 'hex');
    return await use(await openKeyring({ vault, masterKey, create: false }));
  } finally {
    await vault.close();
  }
}
