import { createSecretKey, randomBytes } from 'node:crypto';
import { createApiKeys } from './api-keys.js';
import { createServiceTokens } from './service-tokens.js';

const TOKEN = '01900000-0000-7000-8000-00000000abcd';
const pepper = createSecretKey(randomBytes(32));
const tokens = createServiceTokens(pepper);
const secret = randomBytes(20);

describe('service tokens', () => {
  it('hold their id, and verify against their digest alone', () => {
    const { key, ...stored } = tokens.mint({ tokenId: TOKEN, secret });
    expect(key).toMatch(/^ght_\w{27}_\w{27}_\w{6}$/);
    expect(tokens.idOf(key)).toBe(TOKEN);
    expect(tokens.verify(key, stored)).toBe(true);
    const other = tokens.mint({ tokenId: TOKEN, secret: randomBytes(20) });
    expect(tokens.verify(other.key, stored)).toBe(false);
    expect(tokens.verify(key, { ...stored, algorithm: 'none' })).toBe(false);
  });

  it('are the same again from the same secret', () => {
    expect(tokens.mint({ tokenId: TOKEN, secret })).toEqual(tokens.mint({ tokenId: TOKEN, secret }));
  });

  it('are not what API keys are, nor the other way round', () => {
    const keys = createApiKeys({ pepper: createSecretKey(randomBytes(32)), prefix: 'gh' });
    const apiKey = keys.mint({ applicationId: TOKEN, credentialId: TOKEN, secret });
    expect(tokens.idOf(apiKey.key)).toBeUndefined();
    expect(tokens.verify(apiKey.key, apiKey)).toBe(false);
    const token = tokens.mint({ tokenId: TOKEN, secret });
    expect(keys.verifyDigest(token.key, token)).toBe(false);
  });

  it.each(['', 'ght_', 'ght_nonsense', `ght_${'0'.repeat(27)}_${'0'.repeat(27)}_000000`])('are not %p', (text) => {
    expect(tokens.idOf(text)).toBeUndefined();
  });
});
