import type { Details, NewEffect } from './reactor.js';
import type { VaultRecord, VaultStore } from '#vault/port.js';

export const OUTBOX = 'outbox';
const DAY_MS = 86_400_000;
const PAGE = 500;

/** One effect on its way. */
export interface Row {
  readonly key: string;
  readonly position?: bigint;
  readonly details: Details;
  readonly keepUntil?: number;
  readonly state: 'taken' | 'parked';
  /** Tries that failed. */
  readonly failures: number;
  /** Milliseconds since the epoch: when it was put into the outbox. */
  readonly takenAt: number;
  /** Milliseconds since the epoch: not to be tried before. */
  readonly dueAt: number;
  /** Why the last try failed. */
  readonly error?: string;
  /** Of the lease of whoever tries it, where several processes could run the reactor. */
  readonly token?: number;
}

/** Row and its version in the vault, for compare-and-set. */
export interface Kept {
  readonly row: Row;
  readonly version: number;
}

/** Another process has the row in hand. */
export class RowChanged extends Error {
  override readonly name = 'RowChanged';
}

export interface Outbox {
  /** Takes effects; those already known, done ones included, are absent from the answer. */
  take(effects: readonly NewEffect[]): Promise<readonly Kept[]>;
  /** As it is now, unless it is done. */
  find(key: string): Promise<Kept | undefined>;
  /** What is taken or parked. */
  unfinished(): Promise<readonly Kept[]>;
  update(kept: Kept, change: Partial<Row>): Promise<Kept>;
  /** Done, and remembered as that until its key cannot come again. */
  done(kept: Kept): Promise<void>;
}

/**
 * The outbox rows of one reactor. What a power cut undoes is taken, and done, once more, since the checkpoint goes back with it.
 * Rows belong to it (owner) until they are done, so that the rest is found without them.
 */
export function createOutbox(vault: VaultStore, reactor: string, now: () => number): Outbox {
  const idOf = (key: string) => `${reactor}:${key}`;

  async function insert({ key, position, details = {}, keepUntil }: NewEffect): Promise<Kept | undefined> {
    const at = now();
    const row: Row = {
      key,
      ...(position === undefined ? {} : { position }),
      ...(keepUntil === undefined ? {} : { keepUntil }),
      details,
      state: 'taken',
      failures: 0,
      takenAt: at,
      dueAt: at,
    };
    if (!(await vault.insert(OUTBOX, idOf(key), toValue(row), { owner: reactor, relaxed: true }))) return undefined;
    // Read back for its version, which goes on counting if the key was done long ago and forgotten since.
    const record = await vault.get(OUTBOX, idOf(key));
    return record && toKept(record);
  }

  return {
    async take(effects) {
      const kept = await Promise.all(effects.map(insert));
      return kept.filter((row) => row !== undefined);
    },

    async find(key) {
      const record = await vault.get(OUTBOX, idOf(key));
      return record && (record.value as { readonly state: string }).state !== 'done' ? toKept(record) : undefined;
    },

    async unfinished() {
      const all: Kept[] = [];
      for (let after = ''; ;) {
        const page = await vault.list(OUTBOX, { owner: reactor, after, limit: PAGE });
        all.push(...page.map(toKept));
        if (page.length < PAGE) return all;
        after = page.at(-1)!.id;
      }
    },

    async update({ row, version }, change) {
      const next: Row = { ...row, ...change };
      if (!(await vault.replace(OUTBOX, idOf(row.key), version, toValue(next), { owner: reactor, relaxed: true }))) {
        throw new RowChanged('An outbox row was changed by another process');
      }
      return { row: next, version: version + 1 };
    },

    async done({ row, version }) {
      const expiresAt = Math.max(now() + DAY_MS, row.keepUntil ?? 0);
      const done = await vault.replace(OUTBOX, idOf(row.key), version, { state: 'done' }, { expiresAt, relaxed: true });
      if (!done) throw new RowChanged('An outbox row was changed by another process');
    },
  };
}

const toValue = ({ position, ...row }: Row): object => ({
  ...row,
  ...(position === undefined ? {} : { position: String(position) }),
});

function toKept({ value, version }: VaultRecord): Kept {
  const { position, ...row } = value as Omit<Row, 'position'> & { readonly position?: string };
  return { row: { ...row, ...(position === undefined ? {} : { position: BigInt(position) }) }, version };
}
