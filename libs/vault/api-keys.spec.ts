import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { createApiKeys, credentialTag, parseKey } from './api-keys.js';

const pepper = createSecretKey(randomBytes(32));
const keys = createApiKeys({ pepper });
const secret = fc.oneof(fc.uint8Array({ minLength: 20, maxLength: 20 }), fc.constantFrom(new Uint8Array(20), new Uint8Array(20).fill(255))); // prettier-ignore
const uuid = fc.oneof(fc.uuid(), fc.constantFrom('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff')); // prettier-ignore
const parts = fc.record({ applicationId: uuid, credentialId: fc.uuid(), secret });

describe('API keys', () => {
  it('have a fixed shape and lead back to the application and the credential', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const { key } = keys.mint(given);
        expect(key).toMatch(/^gh_[0-9A-Za-z]{27}_[0-9A-Za-z]{27}_[0-9A-Za-z]{6}$/);
        expect(parseKey(key)).toEqual({
          applicationId: given.applicationId,
          credentialTag: credentialTag(given.credentialId),
          name: key.slice(0, 30),
        });
      }),
    );
  });

  it('are the same for the same parts and differ with each part', () => {
    const given = { applicationId: crypto.randomUUID(), credentialId: crypto.randomUUID(), secret: randomBytes(20) };
    expect(keys.mint(given)).toEqual(keys.mint({ ...given }));
    const others = [
      { ...given, applicationId: crypto.randomUUID() },
      { ...given, credentialId: crypto.randomUUID() },
      { ...given, secret: randomBytes(20) },
    ];
    expect(new Set([given, ...others].map((each) => keys.mint(each).digest)).size).toBe(4);
  });

  it('do not parse with any one character altered', () => {
    fc.assert(
      fc.property(parts, fc.nat(), fc.constantFrom(...'09AZaz_-é '), (given, position, replacement) => {
        const { key } = keys.mint(given);
        const at = position % key.length;
        fc.pre(key[at] !== replacement);
        expect(parseKey(key.slice(0, at) + replacement + key.slice(at + 1))).toBeUndefined();
      }),
    );
  });

  it.each(['', 'gh', 'gh___', `gh_${'z'.repeat(27)}_${'z'.repeat(27)}_zzzzzz`, 'x'.repeat(1e6), 'gh_'.repeat(1e5)])(
    'refuse other text without effort (%#)',
    (text) => expect(parseKey(text)).toBeUndefined(),
  );

  it('verify by digest only', () => {
    const minted = keys.mint({ applicationId: crypto.randomUUID(), credentialId: 'c', secret: randomBytes(20) });
    expect(keys.digest(minted.key)).toBe(minted.digest);
    expect(keys.verifyDigest(minted.key, minted)).toBe(true);
    expect(keys.verifyDigest(`${minted.key}x`, minted)).toBe(false);
    expect(keys.verifyDigest(minted.key, { ...minted, algorithm: 'plain' })).toBe(false);
    expect(keys.verifyDigest(minted.key, { ...minted, digest: '' })).toBe(false);
    const elsewhere = createApiKeys({ pepper: createSecretKey(randomBytes(32)) });
    expect(elsewhere.verifyDigest(minted.key, minted)).toBe(false);
  });

  it('give neither the secret nor the key away in their name', () => {
    const { key } = keys.mint({ applicationId: crypto.randomUUID(), credentialId: 'c', secret: randomBytes(20) });
    expect(parseKey(key)?.name).not.toContain(key.split('_')[2]);
  });

  it('take a prefix with underscores and refuse an unusable one', () => {
    const live = createApiKeys({ pepper, prefix: 'acme_live' });
    const applicationId = crypto.randomUUID();
    const { key } = live.mint({ applicationId, credentialId: 'c', secret: randomBytes(20) });
    expect(parseKey(key)?.applicationId).toBe(applicationId);
    for (const prefix of ['', 'a', '1a', 'a_', 'a-b', 'x'.repeat(21)]) {
      expect(() => createApiKeys({ pepper, prefix })).toThrow(/prefix/);
    }
  });

  it('need a UUID and 20 secret bytes', () => {
    expect(() => keys.mint({ applicationId: 'app', credentialId: 'c', secret: randomBytes(20) })).toThrow(/UUID/);
    expect(() => keys.mint({ applicationId: crypto.randomUUID(), credentialId: 'c', secret: randomBytes(19) })).toThrow(/20/); // prettier-ignore
  });
});
