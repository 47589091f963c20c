import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadConfig, masterKeyFrom, newMasterKey, type Config } from '../api/config.js';
import { lockDataDir } from '../api/data-lock.js';
import { openVault } from '../engines/open.js';
import { kindOf } from '../engines/settings.js';
import { CliError } from './client.js';
import { openKeyring } from '#vault/keyring.js';
import { WrongMasterKey } from '#vault/root-secret.js';

export type Rotated = 'rotated' | 'rotated before';

export function rotateMasterKeyCommand(): Command {
  return new Command('rotate-master-key')
    .description('Wrap the vault with another master key: GATEHOUSE_MASTER_KEY_NEW, or a new one in the key file.')
    .option('--data-dir <dir>', 'data folder (GATEHOUSE_DATA_DIR)')
    .action(async ({ dataDir }: { dataDir?: string }) => {
      const env: NodeJS.ProcessEnv = { ...process.env, ...(dataDir ? { GATEHOUSE_DATA_DIR: dataDir } : {}) };
      const isGiven = Boolean(env['GATEHOUSE_MASTER_KEY'] || env['GATEHOUSE_MASTER_KEY_FILE']);
      const config = loadConfig(env);
      const file = isGiven ? undefined : join(config.dataDir, 'master-key');
      const rotated = await rotateMasterKey(config, newMasterKey(env), file).catch((cause: Error) => {
        throw new CliError(`The master key was not changed. ${cause.message}`, { cause });
      });
      console.log(
        rotated === 'rotated' ? 'The vault has a new master key.' : 'The vault had the new master key already.',
      );
      console.log(
        file
          ? `It is in ${file}. Copies of the old one open nothing but old backups.`
          : 'Start every process with it as GATEHOUSE_MASTER_KEY. The old one opens nothing but old backups.',
      );
    });
}

/**
 * Wraps the vault's root secret with the new key; nothing that is derived from it changes. May be cut off and repeated.
 * @param file where the key is kept, if it is: the new one is written beside it first, and takes its place in the end
 * @throws CliError without a new key; WrongMasterKey if the vault has neither the old nor the new one
 */
export async function rotateMasterKey(
  config: Pick<Config, 'dataDir' | 'engines' | 'masterKey'>,
  given: Uint8Array | undefined,
  file?: string,
): Promise<Rotated> {
  const release = kindOf(config.engines) === 'servers' ? () => undefined : lockDataDir(config.dataDir);
  try {
    const vault = await openVault(config);
    try {
      if (!file) {
        if (!given) throw new CliError('Set GATEHOUSE_MASTER_KEY_NEW (or _FILE): `openssl rand -hex 32` makes one.');
        return await rewrap(given);
      }
      const beside = `${file}.new`;
      const unfinished = existsSync(beside) ? masterKeyFrom(beside, readFileSync(beside, 'utf8').trim()) : undefined;
      if (unfinished && (await opens(unfinished))) {
        renameSync(beside, file);
        return 'rotated before';
      }
      const key = given ?? randomBytes(32);
      rmSync(beside, { force: true });
      writeFileSync(beside, `${Buffer.from(key).toString('hex')}\n`, { mode: 0o600, flush: true });
      const rotated = await rewrap(key);
      renameSync(beside, file);
      return rotated;
    } finally {
      await vault.close();
    }

    async function rewrap(key: Uint8Array): Promise<Rotated> {
      if (!(await opens(config.masterKey)) && (await opens(key))) return 'rotated before';
      const keyring = await openKeyring({ vault, masterKey: config.masterKey, create: false });
      await keyring.rewrap(key);
      return 'rotated';
    }

    async function opens(masterKey: Uint8Array): Promise<boolean> {
      try {
        await openKeyring({ vault, masterKey, create: false });
        return true;
      } catch (error) {
        if (error instanceof WrongMasterKey) return false;
        throw error;
      }
    }
  } finally {
    release();
  }
}
