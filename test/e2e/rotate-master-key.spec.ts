import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../../apps/api/config.js';
import { openVault } from '../../apps/engines/open.js';
import { commandsOf } from '../support/commands.js';
import { startTestServer } from '../support/server.js';
import { CliError } from '../../apps/cli/client.js';
import { rotateMasterKey } from '../../apps/cli/rotate-master-key.js';
import { openKeyring } from '#vault/keyring.js';
import { WrongMasterKey } from '#vault/root-secret.js';

const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const hex = (key: Uint8Array): string => Buffer.from(key).toString('hex');

describe('the rotation of the master key', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-rotate-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  const envWith = (key: Uint8Array | undefined) => ({
    GATEHOUSE_DATA_DIR: dataDir,
    ...(key && { GATEHOUSE_MASTER_KEY: hex(key) }),
  });
  const configWith = (key?: Uint8Array) => loadConfig(envWith(key));

  /** An installation with a person; what is sealed for them, and a key of theirs. */
  async function installation(key?: Uint8Array) {
    const server = await startTestServer(envWith(key));
    const send = commandsOf(server);
    const { id: portal } = await send('CreatePortal', { name: 'Rotated' });
    const person = { portal_id: portal, email: 'ada@example.com', full_name: 'Ada Lovelace' };
    const { id } = await send('RegisterDeveloper', person);
    const [registered] = await server.services.store.readStream(`developer-${id}`);
    const { keyring } = server.services;
    const minted = keyring.mintKey({ applicationId: id, credentialId: id, secret: Buffer.alloc(20, 7) });
    await server.stop();
    return { person, id, sealed: registered!.data['email'] as string, minted };
  }

  it('changes nothing but which key opens the vault', async () => {
    const { person, sealed, minted, id } = await installation(OLD);
    expect(await rotateMasterKey(configWith(OLD), NEW)).toBe('rotated');
    await expect(startTestServer(envWith(OLD))).rejects.toThrow(WrongMasterKey);
    const server = await startTestServer(envWith(NEW));
    const { keyring } = server.services;
    expect(await keyring.open(sealed)).toBe('ada@example.com');
    expect(keyring.mintKey({ applicationId: id, credentialId: id, secret: Buffer.alloc(20, 7) })).toEqual(minted);
    await expect(commandsOf(server)('RegisterDeveloper', person)).rejects.toThrow('email_taken');
    await server.stop();
    expect(await rotateMasterKey(configWith(OLD), NEW)).toBe('rotated before');
  });

  it('refuses a key that the vault was not made with, without a new one, and on a folder in use', async () => {
    await installation(OLD);
    await expect(rotateMasterKey(configWith(Buffer.alloc(32, 3)), NEW)).rejects.toThrow(WrongMasterKey);
    await expect(rotateMasterKey(configWith(OLD), undefined)).rejects.toThrow(CliError);
    const vault = await openVault(configWith(OLD));
    await openKeyring({ vault, masterKey: OLD, create: false });
    await vault.close();
  });

  it('puts a new key in place of the one in the key file', async () => {
    const { sealed } = await installation();
    const file = join(dataDir, 'master-key');
    const before = readFileSync(file, 'utf8');
    expect(await rotateMasterKey(configWith(), undefined, file)).toBe('rotated');
    expect(readFileSync(file, 'utf8')).not.toBe(before);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}.new`)).toBe(false);
    const server = await startTestServer(envWith(undefined));
    expect(await server.services.keyring.open(sealed)).toBe('ada@example.com');
    await server.stop();
  });

  it.each(['before', 'after'] as const)(
    'is finished by a repeat when it was cut off %s the vault changed',
    async (when) => {
      const { sealed } = await installation();
      const file = join(dataDir, 'master-key');
      const before = readFileSync(file, 'utf8');
      if (when === 'after') await rotateMasterKey(configWith(), NEW);
      writeFileSync(`${file}.new`, `${hex(NEW)}\n`, { mode: 0o600 });
      expect(readFileSync(file, 'utf8')).toBe(before);
      expect(await rotateMasterKey(configWith(), undefined, file)).toBe(
        when === 'after' ? 'rotated before' : 'rotated',
      );
      const server = await startTestServer(envWith(undefined));
      expect(await server.services.keyring.open(sealed)).toBe('ada@example.com');
      await server.stop();
    },
  );

  it('names a new key that is none', () => {
    expect(() => loadConfig({ ...envWith(undefined), GATEHOUSE_MASTER_KEY: 'short' })).toThrow(ConfigError);
  });
});
