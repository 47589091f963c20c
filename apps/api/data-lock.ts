import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { ConfigError } from './config.js';

/**
 * Takes the data folder for this process; returns what gives it back. The lock is an open exclusive transaction on a file of
 * its own: the operating system ends it with the process, however that ends, so that a restart never waits.
 * @throws ConfigError if another process holds the folder
 */
export function lockDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(dataDir, 'lock'));
  try {
    db.exec('PRAGMA busy_timeout = 2000; BEGIN EXCLUSIVE');
  } catch {
    db.close();
    throw new ConfigError(
      `The data folder ${dataDir} is in use by another process. Stop that one, or set GATEHOUSE_DATA_DIR.`,
    );
  }
  return () => db.close();
}
