import { createHash, createHmac } from 'node:crypto';
import type { VaultRecord, VaultStore } from './port.js';

const KIND = 'mail-token';
const HOUR_MS = 3_600_000;

export type MailTokenPurpose = 'confirm-email' | 'set-password';

export const MAIL_TOKEN_LIFETIME_MS: Readonly<Record<MailTokenPurpose, number>> = {
  'confirm-email': 24 * HOUR_MS,
  'set-password': HOUR_MS,
};

/** A token that is over is still told from one that never was for so long. */
export const MAIL_TOKEN_REMEMBERED_MS = 7 * 24 * HOUR_MS;

export interface MailTokenGrant {
  readonly purpose: MailTokenPurpose;
  readonly developerId: string;
  readonly portalId: string;
}

/** `expired`: its time is over, or a newer one took its place. */
export type MailTokenStatus =
  (MailTokenGrant & { readonly status: 'valid' | 'expired' | 'used' }) | { readonly status: 'unknown' };

export interface MailTokens {
  /** The token of the mail that an event causes, in the shape of a UUIDv4: the same at every try. */
  tokenFor(eventId: string): string;
  /** Makes the event's token valid from now on and voids older ones of its purpose. Repeating it revives nothing. */
  issue(eventId: string, grant: MailTokenGrant): Promise<string>;
  peek(token: string): Promise<MailTokenStatus>;
  /** Like `peek`; `valid` means that this call, and no other, used the token up. */
  consume(token: string): Promise<MailTokenStatus>;
  /** Ends all links of a developer. */
  revokeAll(developerId: string): Promise<void>;
}

export interface MailTokensOptions {
  readonly vault: VaultStore;
  /** 32 bytes, `keyring.derive('mail-token')`. */
  readonly tokenKey: Uint8Array;
  readonly now?: () => number;
}

interface Stored extends MailTokenGrant {
  readonly issuedAt: number;
  readonly validUntil: number;
  readonly usedAt?: number;
}

/** Single-use tokens for links in mail; the vault holds their SHA-256 only. */
export function createMailTokens({ vault, tokenKey, now = Date.now }: MailTokensOptions): MailTokens {
  const idOf = (token: string) => createHash('sha256').update(token.toLowerCase()).digest('base64url');
  const valueOf = (record: VaultRecord) => record.value as Stored;

  function tokenFor(eventId: string): string {
    const bytes = createHmac('sha256', tokenKey).update(eventId).digest().subarray(0, 16);
    bytes[6] = (bytes[6]! & 0x0f) | 0x40; // version and variant: RFC 9562, section 5.4
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  async function ofDeveloper(developerId: string): Promise<VaultRecord[]> {
    const all: VaultRecord[] = [];
    for (let after = ''; ;) {
      const page = await vault.list(KIND, { owner: developerId, after, limit: 100 });
      all.push(...page);
      if (page.length < 100) return all;
      after = page.at(-1)!.id;
    }
  }

  const overwrite = (record: VaultRecord, value: Stored) =>
    vault.replace(KIND, record.id, record.version, value, {
      owner: value.developerId,
      ...(record.expiresAt === undefined ? {} : { expiresAt: record.expiresAt }),
    });

  async function voidOlder(own: VaultRecord): Promise<void> {
    const { developerId, purpose, issuedAt } = valueOf(own);
    const older = (await ofDeveloper(developerId)).filter((record) => {
      const other = valueOf(record);
      return (
        record.id !== own.id && other.purpose === purpose && other.issuedAt <= issuedAt && other.validUntil > now()
      );
    });
    await Promise.all(older.map((record) => overwrite(record, { ...valueOf(record), validUntil: now() })));
  }

  const statusOf = ({ purpose, developerId, portalId, usedAt, validUntil }: Stored): MailTokenStatus => ({
    status: usedAt !== undefined ? 'used' : validUntil <= now() ? 'expired' : 'valid',
    purpose,
    developerId,
    portalId,
  });

  return {
    tokenFor,

    async issue(eventId, { purpose, developerId, portalId }) {
      const token = tokenFor(eventId);
      const issuedAt = now();
      const validUntil = issuedAt + MAIL_TOKEN_LIFETIME_MS[purpose];
      const value: Stored = { purpose, developerId, portalId, issuedAt, validUntil };
      const expiresAt = validUntil + MAIL_TOKEN_REMEMBERED_MS;
      await vault.insert(KIND, idOf(token), value, { owner: developerId, expiresAt });
      const own = await vault.get(KIND, idOf(token));
      if (own && valueOf(own).validUntil > now()) await voidOlder(own);
      return token;
    },

    async peek(token) {
      const record = await vault.get(KIND, idOf(token));
      return record ? statusOf(valueOf(record)) : { status: 'unknown' };
    },

    async consume(token) {
      for (;;) {
        const record = await vault.get(KIND, idOf(token));
        if (!record) return { status: 'unknown' };
        const status = statusOf(valueOf(record));
        if (status.status !== 'valid') return status;
        if (await overwrite(record, { ...valueOf(record), usedAt: now() })) return status;
      }
    },

    revokeAll: async (developerId) => void (await vault.deleteOwned(KIND, developerId)),
  };
}
