import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { cascadesReactor } from './cascades/reactor.js';
import { applyErasures } from './erasures.js';
import { approvedDeveloper, openHouse, openPortal, type House } from './testing.js';
import { openKeyring, type Keyring } from '#vault/keyring.js';
import type { VaultStore } from '#vault/port.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';

let house: House;
let portal: string;
let restored: { vault: VaultStore; keyring: Keyring } | undefined;

beforeEach(async () => {
  house = await openHouse();
  ({ portal } = await openPortal(house));
});
afterEach(async () => {
  await restored?.vault.close();
  restored = undefined;
  await house.destroy();
});

/** A copy of the vault as it is now, opened later. */
async function backUp(): Promise<() => Promise<NonNullable<typeof restored>>> {
  await house.vault.scrub(); // empties its journal
  const file = join(house.dir, 'restored.db');
  copyFileSync(join(house.dir, 'vault.db'), file);
  return async () => {
    const vault = openSqliteVault({ file });
    return (restored = { vault, keyring: await openKeyring({ vault, masterKey: Buffer.alloc(32, 7), create: false }) });
  };
}

async function sealedEmailOf(developer: string): Promise<string> {
  const [registered] = await house.store.readStream(`developer-${developer}`);
  return registered!.data['email'] as string;
}

it('persons who were removed after the backup of the vault are forgotten again, and nobody else', async () => {
  const [ada, bob] = [
    await approvedDeveloper(house, portal),
    await approvedDeveloper(house, portal, 'bob@example.com'),
  ];
  const [adas, bobs] = [await sealedEmailOf(ada), await sealedEmailOf(bob)];
  const cascades = await house.runner(cascadesReactor({ ...house }));
  cascades.start();
  await cascades.settled();
  const restore = await backUp();
  await house.command('RemoveDeveloper', { developer_id: ada });
  const late = await approvedDeveloper(house, portal, 'late@example.com');
  await house.command('RemoveDeveloper', { developer_id: late });
  await cascades.settled();

  const { vault, keyring } = await restore();
  expect(await keyring.open(adas)).toBe('ada@example.com');
  const needs = { log: house.store, vault, keyring };
  expect(await applyErasures(needs)).toBe(2);
  expect(await keyring.open(adas)).toBeUndefined();
  expect(await keyring.open(bobs)).toBe('bob@example.com');
  await expect(keyring.ensurePersonKey(late)).rejects.toThrow('erased');
  expect(await applyErasures(needs)).toBe(0);
});

it('a removal that was taken into the outbox, and not done, is done', async () => {
  const ada = await approvedDeveloper(house, portal);
  const sealed = await sealedEmailOf(ada);
  const stuck = { sessions: { ...house.sessions, endAllSessions: () => Promise.reject(new Error('away')) } };
  const cascades = await house.runner(cascadesReactor({ ...house, ...stuck }));
  cascades.start();
  await house.command('RemoveDeveloper', { developer_id: ada });
  await cascades.settled();
  expect(cascades.status().waiting).toBe(1);
  await cascades.stop();
  expect(await house.keyring.open(sealed)).toBe('ada@example.com');
  expect(await applyErasures({ log: house.store, vault: house.vault, keyring: house.keyring })).toBe(1);
  expect(await house.keyring.open(sealed)).toBeUndefined();
});
