import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { Keyring, KeyringOptions } from './keyring.js';
import { openKeyring, SealBroken } from './keyring.js';
import { KEY_CACHE_MS, PersonForgotten } from './person-keys.js';
import { NoRootSecret, WrongMasterKey } from './root-secret.js';
import type { TemporaryVault } from './testing.js';
import { temporaryVault } from './testing.js';

const ada = '01890000-0000-7000-8000-00000000000a';
const bob = '01890000-0000-7000-8000-00000000000b';
const place = { eventId: '01890000-0000-7000-8000-0000000000e1', field: 'email' };

describe('the keyring', () => {
  let t: TemporaryVault;
  let masterKey: Buffer;
  let keyring: Keyring;
  const open = (more: Partial<KeyringOptions> = {}) =>
    openKeyring({ vault: t.vault, masterKey, now: () => t.clock.now, ...more });

  beforeEach(async () => {
    t = temporaryVault();
    masterKey = randomBytes(32);
    keyring = await open();
  });
  afterEach(() => t.destroy());

  describe('the root secret', () => {
    it('is the same after a restart', async () => {
      const again = await open();
      expect(again.hmac('p', 'x')).toBe(keyring.hmac('p', 'x'));
      expect(again.derive('p', 64)).toEqual(keyring.derive('p', 64));
    });

    it('is one, even if two processes start on an empty vault at once', async () => {
      const fresh = temporaryVault();
      const both = await Promise.all([1, 2].map(() => openKeyring({ vault: fresh.vault, masterKey })));
      expect(both[0]!.hmac('p', 'x')).toBe(both[1]!.hmac('p', 'x'));
      await fresh.destroy();
    });

    it('does not open with another master key, and says so without key material', async () => {
      const wrong = randomBytes(32);
      const error = await open({ masterKey: wrong }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(WrongMasterKey);
      expect(String(error)).not.toContain(wrong.toString('hex'));
      await expect(open({ masterKey: randomBytes(31) })).rejects.toThrow(/32 bytes/);
    });

    it('is not made where the caller says that there must be one', async () => {
      const empty = temporaryVault();
      await expect(openKeyring({ vault: empty.vault, masterKey, create: false })).rejects.toThrow(NoRootSecret);
      expect(await empty.vault.list('root', { limit: 1 })).toEqual([]);
      await empty.destroy();
    });

    it('stays the same under a new master key; the old key no longer opens it', async () => {
      const sealed = await keyring.seal(ada, 'ada@example.com', place);
      const oldKey = masterKey;
      masterKey = randomBytes(32);
      await keyring.rewrap(masterKey);
      const again = await open();
      expect(await again.open(sealed)).toBe('ada@example.com');
      expect(again.hmac('p', 'x')).toBe(keyring.hmac('p', 'x'));
      await expect(open({ masterKey: oldKey })).rejects.toThrow(WrongMasterKey);
      masterKey = randomBytes(32);
      await keyring.rewrap(masterKey);
      await expect(open()).resolves.toBeDefined();
    });
  });

  describe('derived keys', () => {
    it('differ by purpose and have the length asked for', () => {
      expect(keyring.derive('a')).toHaveLength(32);
      expect(keyring.derive('a', 16)).toHaveLength(16);
      expect(keyring.derive('a')).not.toEqual(keyring.derive('b'));
      expect(keyring.hmac('a', 'x')).not.toBe(keyring.hmac('b', 'x'));
      expect(keyring.hmac('a', 'x')).toMatch(/^[0-9a-f]{64}$/);
    });

    it('hash different claims differently', () => {
      const kind = fc.constantFrom('developer-email' as const, 'reference-id' as const);
      const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '","', 'a', '["a"]'));
      const claim = fc.record({ kind, scope: text, value: text });
      fc.assert(
        fc.property(claim, claim, (a, b) => {
          const same = a.kind === b.kind && a.scope === b.scope && a.value === b.value;
          expect(keyring.claimHash(a) === keyring.claimHash(b)).toBe(same);
        }),
      );
      const base = { kind: 'developer-email', scope: 'a', value: 'bc' } as const;
      expect(keyring.claimHash(base)).not.toBe(keyring.claimHash({ ...base, scope: 'ab', value: 'c' }));
      expect(keyring.claimHash(base)).toMatch(/^[\w-]{43}$/);
    });
  });

  describe('sealing for a person', () => {
    it('opens to what was sealed, whatever the text', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
          const sealed = await keyring.seal(ada, text, place);
          expect(keyring.isSealed(sealed)).toBe(true);
          expect(await keyring.open(sealed)).toBe(text);
        }),
      );
    });

    it('refuses a text that would not come back the same', async () => {
      await expect(keyring.seal(ada, 'lone \ud800 surrogate', place)).rejects.toThrow(/well-formed/);
    });

    it('never opens a string with any character altered', async () => {
      const sealed = await keyring.seal(ada, 'Ada Lovelace', place);
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      for (let at = 'sealed:v1:'.length; at < sealed.length; at += 1) {
        const other = alphabet[(alphabet.indexOf(sealed[at]!) + 1) % 64]!;
        const altered = sealed.slice(0, at) + other + sealed.slice(at + 1);
        const outcome = await keyring.open(altered).catch((error: unknown) => error);
        // Another person's id has no key; everything else is noticed.
        if (outcome !== undefined) expect(outcome).toBeInstanceOf(SealBroken);
      }
    });

    it('never opens a box under another person, event or field', async () => {
      await keyring.ensurePersonKey(bob);
      const sealed = await keyring.seal(ada, 'Ada', place);
      const bytes = Buffer.from(sealed.slice('sealed:v1:'.length), 'base64url');
      for (const [from, to] of [
        [ada, bob],
        [place.eventId, ada],
      ].map((ids) => ids.map((id) => Buffer.from(id.replaceAll('-', ''), 'hex')))) {
        // prettier-ignore
        const moved = Buffer.from(bytes);
        to!.copy(moved, bytes.indexOf(from!));
        await expect(keyring.open(`sealed:v1:${moved.toString('base64url')}`)).rejects.toThrow(SealBroken);
      }
      const renamed = Buffer.from(bytes);
      renamed.write('uname', bytes.indexOf('email'));
      await expect(keyring.open(`sealed:v1:${renamed.toString('base64url')}`)).rejects.toThrow(SealBroken);
    });

    it('does not open in another installation', async () => {
      const other = temporaryVault();
      const there = await openKeyring({ vault: other.vault, masterKey });
      const sealed = await keyring.seal(ada, 'Ada', place);
      expect(await there.open(sealed)).toBeUndefined();
      await there.ensurePersonKey(ada);
      await expect(there.open(sealed)).rejects.toThrow(SealBroken);
      await other.destroy();
    });

    it('seals the same text differently each time', async () => {
      expect(await keyring.seal(ada, 'x', place)).not.toBe(await keyring.seal(ada, 'x', place));
    });

    it('opens many in order, with one read of the vault for all keys', async () => {
      const people = Array.from({ length: 30 }, (_, i) => `dev-${i}`);
      const sealed = await Promise.all(people.map((id) => keyring.seal(id, id.toUpperCase(), place)));
      await keyring.destroyPersonKey('dev-3');
      const reads: number[] = [];
      const counted = {
        ...t.vault,
        getMany: (kind: string, ids: readonly string[]) => (reads.push(ids.length), t.vault.getMany(kind, ids)),
      };
      const fresh = await open({ vault: counted });
      const expected = people.map((id) => (id === 'dev-3' ? undefined : id.toUpperCase()));
      expect(await fresh.openMany(sealed)).toEqual(expected);
      expect(reads).toEqual([30]);
      expect(await fresh.openMany([...sealed].reverse().slice(0, 5))).toEqual([...expected].reverse().slice(0, 5));
      expect(reads).toEqual([30]);
      expect(await fresh.openMany([])).toEqual([]);
    });
  });

  describe('forgetting a person', () => {
    it('forgets what was sealed, at once, and leaves others alone', async () => {
      const [a, b] = [await keyring.seal(ada, 'Ada', place), await keyring.seal(bob, 'Bob', place)];
      expect(await keyring.openMany([a, b])).toEqual(['Ada', 'Bob']);
      await keyring.destroyPersonKey(ada);
      expect(await keyring.openMany([a, b])).toEqual([undefined, 'Bob']);
    });

    it('leaves no byte of the wrapped key in the vault files', async () => {
      await keyring.ensurePersonKey(ada);
      await keyring.ensurePersonKey(bob);
      const wrapped = async (id: string) =>
        ((await t.vault.get('person-key', id))!.value as { wrapped: string }).wrapped;
      const [gone, kept] = [await wrapped(ada), await wrapped(bob)];
      expect(t.bytes().includes(gone)).toBe(true);
      await keyring.destroyPersonKey(ada);
      expect(t.bytes().includes(gone)).toBe(false);
      expect(t.bytes().includes(kept)).toBe(true);
    });

    it('writes the vault anew once for many who are forgotten at once', async () => {
      let scrubs = 0;
      const vault = { ...t.vault, scrub: () => (scrubs++, t.vault.scrub()) };
      const counted = await open({ vault });
      const before = scrubs;
      const ids = Array.from({ length: 20 }, (_, n) => ada.slice(0, -2) + String(10 + n));
      const sealed = await Promise.all(ids.map((id) => counted.seal(id, 'Ada', place)));
      await Promise.all(ids.map((id) => counted.destroyPersonKey(id)));
      expect(scrubs - before).toBe(1);
      expect(await counted.openMany(sealed)).toEqual(ids.map(() => undefined));
    });

    it('never makes a forgotten person a new key', async () => {
      await keyring.seal(ada, 'Ada', place);
      await keyring.destroyPersonKey(ada);
      await keyring.destroyPersonKey(ada);
      await expect(keyring.seal(ada, 'Ada', place)).rejects.toThrow(PersonForgotten);
      await expect((await open()).ensurePersonKey(ada)).rejects.toThrow(PersonForgotten);
    });

    it('reaches another process when its copy of the key runs out', async () => {
      const other = await open();
      const sealed = await other.seal(ada, 'Ada', place);
      await keyring.destroyPersonKey(ada);
      t.clock.now += KEY_CACHE_MS - 1;
      expect(await other.open(sealed)).toBe('Ada');
      t.clock.now += 2;
      expect(await other.open(sealed)).toBeUndefined();
    });

    it('is not undone by a read that was under way', async () => {
      const sealed = await keyring.seal(ada, 'Ada', place);
      let proceed = (): void => undefined;
      const slow = {
        ...t.vault,
        async getMany(kind: string, ids: readonly string[]) {
          const found = await t.vault.getMany(kind, ids);
          await new Promise<void>((resolve) => (proceed = resolve));
          return found;
        },
      };
      const fresh = await open({ vault: slow });
      const reading = fresh.open(sealed);
      await new Promise(setImmediate);
      await fresh.destroyPersonKey(ada);
      proceed();
      await reading;
      const after = fresh.open(sealed);
      await new Promise(setImmediate);
      proceed();
      expect(await after).toBeUndefined();
    });

    it('gives simultaneous first writers one key', async () => {
      const sealed = await Promise.all(['a', 'b', 'c'].map((text) => keyring.seal(ada, text, place)));
      expect(await (await open()).openMany(sealed)).toEqual(['a', 'b', 'c']);
    });
  });

  describe('sealing with a caller’s secret', () => {
    it('opens with the same secret only', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string(), fc.string(), async (text, secret, other) => {
          const sealed = keyring.sealWith(secret, text);
          expect(keyring.openWith(secret, sealed)).toBe(text);
          if (other !== secret) expect(keyring.openWith(other, sealed)).toBeUndefined();
        }),
      );
    });

    it('does not open when altered', () => {
      const sealed = keyring.sealWith('key', 'answer');
      for (let at = 0; at < sealed.length; at += 1) {
        const altered = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
        expect(keyring.openWith('key', altered)).toBeUndefined();
      }
      expect(keyring.openWith('key', '')).toBeUndefined();
    });
  });

  it('mints API keys whose digests survive a restart', async () => {
    const minted = keyring.mintKey({ applicationId: ada, credentialId: bob, secret: randomBytes(20) });
    const again = await open({ keyPrefix: 'acme' });
    expect(again.apiKeys.verifyDigest(minted.key, minted)).toBe(true);
    expect(again.mintKey({ applicationId: ada, credentialId: bob, secret: randomBytes(20) }).key).toMatch(/^acme_/);
  });
});
