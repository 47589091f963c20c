import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { VaultStore } from './port.js';

export const ACCESS_LIFETIME_MS = 15 * 60_000;
export const REFRESH_LIFETIME_MS = 7 * 24 * 3_600_000;
/** Two tabs that refresh at once must both live: for so long a used refresh token gives its successor again. */
export const ROTATION_GRACE_MS = 30_000;

const ACCESS = 'access-token';
const REFRESH = 'refresh-token';
/** One record per sign-in. It alone says whether the sign-in is still good: its tokens count only while it exists. */
const FAMILY = 'session';

export interface Session {
  readonly developerId: string;
  readonly portalId: string;
  /** Identifies the sign-in over all its rotations. */
  readonly family: string;
}

/** Tokens for the cookies; times in milliseconds since the epoch. */
export interface Grant {
  readonly access: string;
  readonly accessExpiresAt: number;
  readonly refresh: string;
  readonly refreshExpiresAt: number;
  readonly session: Session;
}

export interface Sessions {
  startSession(developerId: string, portalId: string): Promise<Grant>;
  /** Who an access token stands for; undefined if it is unknown, expired or ended. */
  authenticate(access: string): Promise<Session | undefined>;
  /**
   * New tokens for a refresh token. A used one gives the same successor within the grace; later it ends its family. One of
   * another portal is as good as none, and stays as it is.
   */
  refresh(token: string, portalId: string): Promise<Grant | undefined>;
  /** Ends the sign-in that either token belongs to. False if there was none. */
  endSession(tokens: { access?: string | undefined; refresh?: string | undefined }): Promise<boolean>;
  /** Ends every sign-in of a developer, in every process, before it resolves; the number ended. */
  endAllSessions(developerId: string): Promise<number>;
}

export interface SessionsOptions {
  readonly vault: VaultStore;
  /** Derives a refresh token's successor: 32 bytes, `keyring.derive('session-successor')`. */
  readonly successorKey: Uint8Array;
  readonly now?: () => number;
}

interface RefreshRecord extends Session {
  readonly usedAt?: number;
}

/** Sessions by opaque tokens of 256 bits, of which the vault holds SHA-256 only. */
export function createSessions({ vault, successorKey, now = Date.now }: SessionsOptions): Sessions {
  const idOf = (token: string) => createHash('sha256').update(token).digest('base64url');
  const successorOf = (token: string) => createHmac('sha256', successorKey).update(token).digest('base64url');

  async function grant(session: Session, refresh: string): Promise<Grant> {
    const access = randomBytes(32).toString('base64url');
    const accessExpiresAt = now() + ACCESS_LIFETIME_MS;
    const refreshExpiresAt = now() + REFRESH_LIFETIME_MS;
    await Promise.all([
      vault.insert(ACCESS, idOf(access), session, { owner: session.family, expiresAt: accessExpiresAt }),
      // Not put: a successor given twice keeps its own record.
      vault.insert(REFRESH, idOf(refresh), session, { owner: session.family, expiresAt: refreshExpiresAt }),
    ]);
    return { access, accessExpiresAt, refresh, refreshExpiresAt, session };
  }

  /** True if the family is alive; its record then lives as long as the newest refresh token. */
  async function prolong({ family, developerId }: Session): Promise<boolean> {
    const record = await vault.get(FAMILY, family);
    if (!record) return false;
    const options = { owner: developerId, expiresAt: now() + REFRESH_LIFETIME_MS };
    // Compare and set, so that a family ended meanwhile is not brought back; a loser was prolonged by the winner.
    if (await vault.replace(FAMILY, family, record.version, record.value, options)) return true;
    return (await vault.get(FAMILY, family)) !== undefined;
  }

  async function endFamily(family: string): Promise<boolean> {
    const ended = await vault.delete(FAMILY, family);
    await Promise.all([vault.deleteOwned(ACCESS, family), vault.deleteOwned(REFRESH, family)]);
    return ended;
  }

  return {
    async startSession(developerId, portalId) {
      const session = { developerId, portalId, family: randomUUID() };
      const options = { owner: developerId, expiresAt: now() + REFRESH_LIFETIME_MS };
      const [granted] = await Promise.all([
        grant(session, randomBytes(32).toString('base64url')),
        vault.insert(FAMILY, session.family, { portalId }, options),
      ]);
      return granted;
    },

    async authenticate(access) {
      const session = (await vault.get(ACCESS, idOf(access)))?.value as Session | undefined;
      return session && (await vault.get(FAMILY, session.family)) ? session : undefined;
    },

    async refresh(token, portalId) {
      const id = idOf(token);
      const record = await vault.get(REFRESH, id);
      if (!record) return undefined;
      const { usedAt, ...session } = record.value as RefreshRecord;
      if (session.portalId !== portalId) return undefined;
      if (usedAt !== undefined && now() - usedAt > ROTATION_GRACE_MS) {
        // Somebody else holds a copy of the token, and nobody can tell which of the two is the thief.
        await endFamily(session.family);
        return undefined;
      }
      if (!(await prolong(session))) return undefined;
      // The successor exists before the token counts as used: a crash in between costs nobody their session.
      const granted = await grant(session, successorOf(token));
      if (usedAt === undefined) {
        const used: RefreshRecord = { ...session, usedAt: now() };
        const expiresAt = record.expiresAt ?? granted.refreshExpiresAt;
        await vault.replace(REFRESH, id, record.version, used, { owner: session.family, expiresAt });
      }
      return granted;
    },

    async endSession({ access, refresh }) {
      const records = await Promise.all([
        access === undefined ? undefined : vault.get(ACCESS, idOf(access)),
        refresh === undefined ? undefined : vault.get(REFRESH, idOf(refresh)),
      ]);
      const families = new Set(records.flatMap((record) => (record ? [(record.value as Session).family] : [])));
      const ended = await Promise.all([...families].map(endFamily));
      return ended.includes(true);
    },

    async endAllSessions(developerId) {
      let ended = 0;
      for (;;) {
        const families = await vault.list(FAMILY, { owner: developerId, limit: 100 });
        if (families.length === 0) return ended;
        await Promise.all(families.map(({ id }) => endFamily(id)));
        ended += families.length;
      }
    },
  };
}
