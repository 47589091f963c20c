import { randomBytes } from 'node:crypto';
import { createClientSecrets } from './client-secrets.js';
import { openKeyring } from './keyring.js';
import { temporaryVault, type TemporaryVault } from './testing.js';

const SECRET = 'canary-client-secret-4711';

describe('client secrets', () => {
  let t: TemporaryVault;
  beforeEach(() => {
    t = temporaryVault();
  });
  afterEach(() => t.destroy());
  const open = async () =>
    createClientSecrets({
      vault: t.vault,
      keyring: await openKeyring({ vault: t.vault, masterKey: new Uint8Array(32), create: true }),
    });

  it('come back as they were kept, and are nowhere in plain', async () => {
    const secrets = await open();
    const reference = await secrets.keep('portal-1', SECRET);
    expect(reference).toMatch(/^secret:v1:[\w-]+$/);
    expect(await secrets.open(reference)).toBe(SECRET);
    expect(t.bytes().toString('latin1')).not.toContain(SECRET);
  });

  it('have one place for the same secret of the same owner', async () => {
    const secrets = await open();
    const places = await Promise.all([
      secrets.keep('a', SECRET),
      secrets.keep('a', SECRET),
      secrets.keep('b', SECRET),
      secrets.keep('a', `${SECRET}!`),
    ]);
    expect(new Set(places).size).toBe(3);
    expect(places[0]).toBe(places[1]);
  });

  it('do not open where they were not kept', async () => {
    const secrets = await open();
    const [here, there] = [await secrets.keep('a', SECRET), await secrets.keep('b', 'another')];
    const { value } = (await t.vault.get('client-secret', here.slice('secret:v1:'.length)))!;
    await t.vault.put('client-secret', there.slice('secret:v1:'.length), value);
    expect(await secrets.open(there)).toBeUndefined();
    expect(await secrets.open('secret:v1:nowhere')).toBeUndefined();
    expect(await secrets.open(randomBytes(8).toString('hex'))).toBeUndefined();
  });

  it('are gone once they are forgotten, and may be kept anew', async () => {
    const secrets = await open();
    const reference = await secrets.keep('a', SECRET);
    await secrets.forget(reference);
    await secrets.forget(reference);
    expect(await secrets.open(reference)).toBeUndefined();
    expect(await secrets.keep('a', SECRET)).toBe(reference);
    expect(await secrets.open(reference)).toBe(SECRET);
  });
});
