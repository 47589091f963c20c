import { randomBytes, randomUUID } from 'node:crypto';
import type { MailTokens } from './mail-tokens.js';
import { createMailTokens, MAIL_TOKEN_LIFETIME_MS, MAIL_TOKEN_REMEMBERED_MS } from './mail-tokens.js';
import type { TemporaryVault } from './testing.js';
import { temporaryVault } from './testing.js';

const tokenKey = randomBytes(32);
const confirm = { purpose: 'confirm-email', developerId: 'ada', portalId: 'portal' } as const;
const setPassword = { ...confirm, purpose: 'set-password' } as const;

describe('mail tokens', () => {
  let t: TemporaryVault;
  let tokens: MailTokens;
  const open = (key = tokenKey) => createMailTokens({ vault: t.vault, tokenKey: key, now: () => t.clock.now });
  beforeEach(() => {
    t = temporaryVault();
    tokens = open();
  });
  afterEach(() => t.destroy());
  const status = async (token: string) => (await tokens.peek(token)).status;

  it('are UUIDv4 in shape, one per event and installation', () => {
    const ids = Array.from({ length: 200 }, () => randomUUID());
    for (const id of ids) {
      expect(tokens.tokenFor(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(open().tokenFor(id)).toBe(tokens.tokenFor(id));
      expect(open(randomBytes(32)).tokenFor(id)).not.toBe(tokens.tokenFor(id));
    }
    expect(new Set(ids.map((id) => tokens.tokenFor(id))).size).toBe(200);
  });

  it('say what they are for, in either case of letters', async () => {
    const token = await tokens.issue('e1', confirm);
    expect(await tokens.peek(token)).toEqual({ status: 'valid', ...confirm });
    expect(await tokens.peek(token.toUpperCase())).toEqual({ status: 'valid', ...confirm });
    expect(await tokens.peek(randomUUID())).toEqual({ status: 'unknown' });
    expect(t.bytes().includes(token)).toBe(false);
  });

  it('are used once', async () => {
    const token = await tokens.issue('e1', confirm);
    expect(await status(token)).toBe('valid');
    const all = await Promise.all([1, 2, 3, 4].map(() => tokens.consume(token)));
    expect(all.map((one) => one.status).sort()).toEqual(['used', 'used', 'used', 'valid']);
    expect(await tokens.peek(token)).toEqual({ status: 'used', ...confirm });
    expect(await tokens.consume(randomUUID())).toEqual({ status: 'unknown' });
  });

  it.each([confirm, setPassword])('expire after their time ($purpose) and are remembered for a week', async (grant) => {
    const token = await tokens.issue('e1', grant);
    t.clock.now += MAIL_TOKEN_LIFETIME_MS[grant.purpose] - 1;
    expect(await status(token)).toBe('valid');
    t.clock.now += 1;
    expect(await status(token)).toBe('expired');
    expect((await tokens.consume(token)).status).toBe('expired');
    t.clock.now += MAIL_TOKEN_REMEMBERED_MS - 1;
    expect(await status(token)).toBe('expired');
    t.clock.now += 1;
    expect(await status(token)).toBe('unknown');
  });

  it('have the lifetimes that are promised', () => {
    expect(MAIL_TOKEN_LIFETIME_MS).toEqual({ 'confirm-email': 24 * 3_600_000, 'set-password': 3_600_000 });
  });

  it('void older ones of the same purpose and developer, and no others', async () => {
    const old = await tokens.issue('e1', setPassword);
    const otherPurpose = await tokens.issue('e2', confirm);
    const otherPerson = await tokens.issue('e3', { ...setPassword, developerId: 'bob' });
    const used = await tokens.issue('e4', { ...setPassword, developerId: 'carl' });
    await tokens.consume(used);
    const newer = await tokens.issue('e5', setPassword);
    await tokens.issue('e6', { ...setPassword, developerId: 'carl' });
    expect(await Promise.all([old, otherPurpose, otherPerson, used, newer].map(status))).toEqual([
      'expired', 'valid', 'valid', 'used', 'valid',
    ]); // prettier-ignore
  });

  it('are the same when the mail is tried again, and a repeat revives nothing', async () => {
    const first = await tokens.issue('e1', setPassword);
    expect(await tokens.issue('e1', setPassword)).toBe(first);
    expect(await status(first)).toBe('valid');
    t.clock.now += 1;
    const newer = await tokens.issue('e2', setPassword);
    await tokens.issue('e1', setPassword);
    expect([await status(first), await status(newer)]).toEqual(['expired', 'valid']);
    await tokens.consume(newer);
    await tokens.issue('e2', setPassword);
    expect(await status(newer)).toBe('used');
    t.clock.now += MAIL_TOKEN_LIFETIME_MS['set-password'];
    await tokens.issue('e2', setPassword);
    expect(await status(newer)).toBe('used');
  });

  it('finish voiding at the next try when the first died in between', async () => {
    const old = await tokens.issue('e1', setPassword);
    const vault = { ...t.vault, replace: () => Promise.reject(new Error('died')) };
    const dying = createMailTokens({ vault, tokenKey, now: () => t.clock.now });
    t.clock.now += 1;
    await expect(dying.issue('e2', setPassword)).rejects.toThrow('died');
    expect(await status(old)).toBe('valid');
    await tokens.issue('e2', setPassword);
    expect(await status(old)).toBe('expired');
  });

  it('end with their developer', async () => {
    const issued = [await tokens.issue('e1', confirm), await tokens.issue('e2', setPassword)];
    const bobs = await tokens.issue('e3', { ...confirm, developerId: 'bob' });
    await tokens.revokeAll('ada');
    expect(await Promise.all([...issued, bobs].map(status))).toEqual(['unknown', 'unknown', 'valid']);
  });
});
