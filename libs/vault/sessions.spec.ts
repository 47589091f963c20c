import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { Grant, Sessions } from './sessions.js';
import { ACCESS_LIFETIME_MS, createSessions, REFRESH_LIFETIME_MS, ROTATION_GRACE_MS } from './sessions.js';
import type { TemporaryVault } from './testing.js';
import { temporaryVault } from './testing.js';

const successorKey = randomBytes(32);

describe('sessions', () => {
  let t: TemporaryVault;
  let sessions: Sessions;
  const open = () => createSessions({ vault: t.vault, successorKey, now: () => t.clock.now });
  beforeEach(() => {
    t = temporaryVault();
    sessions = open();
  });
  afterEach(() => t.destroy());
  const alive = async (grant: Grant) => (await sessions.authenticate(grant.access)) !== undefined;

  it('tell who an access token stands for', async () => {
    const grant = await sessions.startSession('ada', 'portal');
    expect(await sessions.authenticate(grant.access)).toEqual(grant.session);
    expect(grant.session).toMatchObject({ developerId: 'ada', portalId: 'portal' });
    expect(await open().authenticate(grant.access)).toEqual(grant.session);
    for (const token of ['', 'x', grant.refresh]) expect(await sessions.authenticate(token)).toBeUndefined();
    expect(await sessions.refresh(grant.access, 'portal')).toBeUndefined();
  });

  it('of another portal give nothing, and stay good where they belong', async () => {
    const grant = await sessions.startSession('ada', 'portal');
    expect(await sessions.refresh(grant.refresh, 'elsewhere')).toBeUndefined();
    t.clock.now += ROTATION_GRACE_MS + 1;
    expect(await sessions.refresh(grant.refresh, 'portal')).toBeDefined();
    t.clock.now += ROTATION_GRACE_MS + 1;
    // Not even a used one, which ends its session at its own portal.
    expect(await sessions.refresh(grant.refresh, 'elsewhere')).toBeUndefined();
    expect(await alive(grant)).toBe(true);
  });

  it('never store a token', async () => {
    const first = await sessions.startSession('ada', 'portal');
    const second = (await sessions.refresh(first.refresh, 'portal'))!;
    for (const token of [first.access, first.refresh, second.access, second.refresh]) {
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(t.bytes().includes(token)).toBe(false);
    }
  });

  it('end an access token after 15 minutes', async () => {
    const grant = await sessions.startSession('ada', 'portal');
    expect(grant.accessExpiresAt - t.clock.now).toBe(15 * 60_000);
    t.clock.now += ACCESS_LIFETIME_MS - 1;
    expect(await alive(grant)).toBe(true);
    t.clock.now += 1;
    expect(await alive(grant)).toBe(false);
  });

  it('go on as long as they are refreshed within 7 days', async () => {
    let grant = await sessions.startSession('ada', 'portal');
    expect(grant.refreshExpiresAt - t.clock.now).toBe(7 * 24 * 3_600_000);
    for (let week = 0; week < 3; week += 1) {
      t.clock.now += REFRESH_LIFETIME_MS - 1;
      const next = await sessions.refresh(grant.refresh, 'portal');
      expect(next?.session).toEqual(grant.session);
      expect(next?.refresh).not.toBe(grant.refresh);
      grant = next!;
      expect(await alive(grant)).toBe(true);
    }
    t.clock.now += REFRESH_LIFETIME_MS;
    expect(await sessions.refresh(grant.refresh, 'portal')).toBeUndefined();
  });

  describe('rotation', () => {
    it('gives two tabs that refresh at once the same successor, and both live', async () => {
      const grant = await sessions.startSession('ada', 'portal');
      const tabs = await Promise.all([1, 2, 3].map(() => sessions.refresh(grant.refresh, 'portal')));
      expect(new Set(tabs.map((tab) => tab?.refresh)).size).toBe(1);
      for (const tab of tabs) expect(await alive(tab!)).toBe(true);
      t.clock.now += ROTATION_GRACE_MS;
      const late = await sessions.refresh(grant.refresh, 'portal');
      expect(late?.refresh).toBe(tabs[0]?.refresh);
      expect(await sessions.refresh(late!.refresh, 'portal')).toBeDefined();
    });

    it('ends the whole family when a used token comes back after the grace', async () => {
      const first = await sessions.startSession('ada', 'portal');
      const other = await sessions.startSession('ada', 'portal');
      const second = (await sessions.refresh(first.refresh, 'portal'))!;
      t.clock.now += ROTATION_GRACE_MS + 1;
      expect(await sessions.refresh(first.refresh, 'portal')).toBeUndefined();
      for (const grant of [first, second]) expect(await alive(grant)).toBe(false);
      expect(await sessions.refresh(second.refresh, 'portal')).toBeUndefined();
      expect(await alive(other)).toBe(true);
    });

    it('does not count a use again within the grace: its end is fixed', async () => {
      const grant = await sessions.startSession('ada', 'portal');
      for (let i = 0; i < 2; i += 1) {
        expect(await sessions.refresh(grant.refresh, 'portal')).toBeDefined();
        t.clock.now += ROTATION_GRACE_MS / 2 + 1;
      }
      expect(await sessions.refresh(grant.refresh, 'portal')).toBeUndefined();
    });

    it('costs nobody their session when the server dies between successor and mark', async () => {
      const grant = await sessions.startSession('ada', 'portal');
      const dying = createSessions({
        vault: { ...t.vault, replace: async (kind, ...rest) => kind === 'refresh-token' ? Promise.reject(new Error('died')) : t.vault.replace(kind, ...rest) }, // prettier-ignore
        successorKey,
        now: () => t.clock.now,
      });
      await expect(dying.refresh(grant.refresh, 'portal')).rejects.toThrow('died');
      t.clock.now += ROTATION_GRACE_MS * 2;
      const again = await sessions.refresh(grant.refresh, 'portal');
      expect(await alive(again!)).toBe(true);
      expect(await sessions.refresh(again!.refresh, 'portal')).toBeDefined();
    });
  });

  describe('ending', () => {
    it('ends one sign-in by either token', async () => {
      for (const pick of ['access', 'refresh'] as const) {
        const grant = await sessions.startSession('ada', 'portal');
        const other = await sessions.startSession('ada', 'portal');
        expect(await sessions.endSession({ [pick]: grant[pick] })).toBe(true);
        expect(await alive(grant)).toBe(false);
        expect(await sessions.refresh(grant.refresh, 'portal')).toBeUndefined();
        expect(await sessions.endSession({ access: grant.access, refresh: grant.refresh })).toBe(false);
        expect(await alive(other)).toBe(true);
      }
      expect(await sessions.endSession({})).toBe(false);
    });

    it('ends all of a developer in every process at once', async () => {
      const mine = await Promise.all(Array.from({ length: 120 }, () => sessions.startSession('ada', 'portal')));
      const bobs = await sessions.startSession('bob', 'portal');
      await sessions.refresh(mine[0]!.refresh, 'portal');
      expect(await sessions.endAllSessions('ada')).toBe(120);
      for (const grant of mine) {
        expect(await open().authenticate(grant.access)).toBeUndefined();
        expect(await sessions.refresh(grant.refresh, 'portal')).toBeUndefined();
      }
      expect(await alive(bobs)).toBe(true);
      expect(await sessions.endAllSessions('ada')).toBe(0);
    });

    it('is not undone by a refresh under way', async () => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), async (s) => {
          const grant = await sessions.startSession('ada', 'portal');
          const slow = createSessions({
            vault: {
              ...t.vault,
              get: s.scheduleFunction(t.vault.get),
              insert: s.scheduleFunction(t.vault.insert),
              replace: s.scheduleFunction(t.vault.replace),
              delete: s.scheduleFunction(t.vault.delete),
              deleteOwned: s.scheduleFunction(t.vault.deleteOwned),
              list: s.scheduleFunction(t.vault.list),
            },
            successorKey,
            now: () => t.clock.now,
          });
          const [refreshed] = await s.waitFor(
            Promise.all([slow.refresh(grant.refresh, 'portal'), slow.endAllSessions('ada')]),
          );
          expect(await alive(grant)).toBe(false);
          if (refreshed) {
            expect(await alive(refreshed)).toBe(false);
            expect(await sessions.refresh(refreshed.refresh, 'portal')).toBeUndefined();
          }
        }),
        { numRuns: 60 },
      );
    });
  });
});
