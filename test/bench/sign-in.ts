import { join } from 'node:path';
import { loadConfig } from '../../apps/api/config.js';
import { openKeyring, type Keyring } from '#vault/keyring.js';
import { createSessions } from '#vault/sessions.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';
import { callers, benchKey } from './data/generate.js';
import { benchId } from './data/ids.js';
import { busyDevelopers, PORTAL, versionAskedFor, type Scale } from './data/plan.js';
import type { Call } from './workloads.js';

async function withKeyring<R>(dataDir: string, work: (keyring: Keyring) => Promise<R> | R): Promise<R> {
  const vault = openSqliteVault({ file: join(dataDir, 'vault.db') });
  try {
    return await work(
      await openKeyring({ vault, masterKey: loadConfig({ GATEHOUSE_DATA_DIR: dataDir }).masterKey, create: false }),
    );
  } finally {
    await vault.close();
  }
}

/** Cookies of developers who are signed in, good for a quarter of an hour; made without passwords, which would take minutes. */
export async function signInMany(dataDir: string, scale: Scale, count: number): Promise<readonly string[]> {
  const vault = openSqliteVault({ file: join(dataDir, 'vault.db') });
  const successorKey = await withKeyring(dataDir, (keyring) => keyring.derive('session-successor'));
  const sessions = createSessions({ vault, successorKey });
  const grants = busyDevelopers(scale, count).map((n) => sessions.startSession(benchId('developer', n), PORTAL));
  const cookies = (await Promise.all(grants)).map(({ access }) => `portalaccesstoken=${access}`);
  await vault.close();
  return cookies;
}

/** Every key that is called with, for the version that its application was first approved for. */
export const calls = (dataDir: string, scale: Scale): Promise<readonly Call[]> =>
  withKeyring(dataDir, (keyring) =>
    callers(scale).map((n) => ({
      key: benchKey(keyring, n).key,
      version: benchId('version', versionAskedFor(scale, n, 0)),
    })),
  );
