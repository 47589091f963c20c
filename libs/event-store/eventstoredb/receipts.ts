import type { VaultRecord, VaultStore } from '#vault/port.js';
import type { AlreadyRecorded, Append, AppendResult, Receipt } from '../port.js';
import { fence } from './claims.js';
import type { PlacedReceipt } from '../transfer.js';
import type { Streams } from './streams.js';

/** A receipt as the vault keeps it, with the place where its events stand if they were stored. */
interface Kept {
  readonly payload: string;
  readonly commandId: string;
  readonly sealed: string;
  readonly expiresAt: number;
  readonly stream: string;
  readonly expectedRevision: number;
  /** Id of the first event. */
  readonly event: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface ReceiptsOptions {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** How long an append may be under way before another process closes its place. */
  readonly patienceMs?: number;
}

export interface Receipts {
  /** Waits while an append is under way whose outcome nobody knows yet; never longer than the patience. */
  find(key: string): Promise<Receipt | undefined>;
  /** Records before the append. 'go' unless another command's answer is recorded under the key. */
  begin(receipt: Receipt, append: Append): Promise<'go' | AlreadyRecorded>;
  /** The append was refused. */
  forget(receipt: Receipt): Promise<void>;
  seal(key: string, sealed: string): Promise<void>;
}

/** An append with its receipt: recorded first, forgotten again when the append is refused. */
export async function recordedAppend(
  append: Append,
  receipts: Receipts,
  appendEvents: (append: Append) => Promise<AppendResult>,
): Promise<AppendResult> {
  const { receipt } = append;
  if (!receipt) return appendEvents(append);
  const begun = await receipts.begin(receipt, append);
  if (begun !== 'go') return begun;
  const result = await appendEvents(append);
  if (result.outcome !== 'appended') await receipts.forget(receipt);
  return result;
}

const KIND = 'receipt';
const POLL_MS = 100;

/**
 * The vault and the log share no transaction. So a receipt is written first, with the place of its events, and counts once
 * they stand there. If they do not come, the place is closed with a fence: from then on they never can, and the key is free.
 */
export function receiptsIn(vault: VaultStore, streams: Streams, options: ReceiptsOptions): Receipts {
  const { now, sleep, patienceMs = 10_000 } = options;

  async function settled(key: string): Promise<VaultRecord | undefined> {
    for (;;) {
      const record = await vault.get(KIND, key);
      if (!record) return undefined;
      const { stream, expectedRevision, event, at } = record.value as Kept;
      const [stored] = await streams.readStream(stream, { from: expectedRevision + 1, limit: 1 });
      if (stored?.id === event) return record;
      if (stored) await remove(key, record);
      else if (now() - at < patienceMs) await sleep(POLL_MS);
      else await streams.append(stream, expectedRevision, [fence()]);
    }
  }

  /** Only as it was seen: another may have used the key since. */
  async function remove(key: string, { version, value }: VaultRecord): Promise<void> {
    await vault.replace(KIND, key, version, value, { expiresAt: 1 });
  }

  return {
    async find(key) {
      const record = await settled(key);
      if (!record) return undefined;
      const { payload, commandId, expiresAt, sealed } = record.value as Kept;
      return { key, payload, commandId, expiresAt, sealed };
    },

    async begin({ key, ...receipt }, { stream, expectedRevision, events }) {
      const kept: Kept = { ...receipt, stream, expectedRevision, event: events[0]!.id, at: now() };
      const expiry = { expiresAt: receipt.expiresAt };
      for (;;) {
        if (await vault.insert(KIND, key, kept, expiry)) return 'go';
        const record = await vault.get(KIND, key);
        if (!record) continue;
        const other = record.value as Kept;
        if (other.commandId !== receipt.commandId) {
          if (await settled(key)) return { outcome: 'already-recorded' };
        } else if (other.stream === stream && other.expectedRevision === expectedRevision) return 'go';
        else if (await vault.replace(KIND, key, record.version, kept, expiry)) return 'go';
      }
    },

    async forget({ key, commandId }) {
      const record = await vault.get(KIND, key);
      if (record && (record.value as Kept).commandId === commandId) await remove(key, record);
    },

    async seal(key, sealed) {
      for (;;) {
        const record = await vault.get(KIND, key);
        if (!record) return;
        const kept = record.value as Kept;
        if (await vault.replace(KIND, key, record.version, { ...kept, sealed }, { expiresAt: kept.expiresAt })) return;
      }
    },
  };
}

const LISTED = 500;

/** All that have not expired, also of appends that never came: for a log that is moved. */
export async function keptReceipts(vault: Pick<VaultStore, 'list'>): Promise<readonly Receipt[]> {
  const found: Receipt[] = [];
  for (let after = ''; ;) {
    const page = await vault.list(KIND, { after, limit: LISTED });
    for (const { id: key, value } of page) {
      const { payload, commandId, expiresAt, sealed } = value as Kept;
      found.push({ key, payload, commandId, expiresAt, sealed });
    }
    if (page.length < LISTED) return found;
    after = page.at(-1)!.id;
  }
}

/** Of commands whose events stand in a log that was moved here. */
export async function keepReceipts(vault: Pick<VaultStore, 'put'>, receipts: readonly PlacedReceipt[]): Promise<void> {
  for (const { key, payload, commandId, expiresAt, sealed, stream, revision, event } of receipts) {
    const kept: Kept = { payload, commandId, sealed, expiresAt, stream, expectedRevision: revision - 1, event, at: 0 };
    await vault.put(KIND, key, kept, { expiresAt });
  }
}
