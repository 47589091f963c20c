import type { PublishedOperation } from './published-spec.js';

/** Operations on clients that an identity provider registered, and what they answer for an application that has none. */
export const OF_CLIENTS: Readonly<Record<string, number>> = {
  'refresh-application-token': 400,
  'get-application-product-version-granted-scopes': 422,
  'get-application-registration-granted-scopes': 422,
};

/** Declared statuses that no request can bring about here, and why. */
export const NEVER: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'create-application': {
    403: 'a 403 makes the portal leave the page',
  },
  'create-credential': { 403: 'more than 20 keys is a 400: a 403 makes the portal leave the page' },
  'delete-credential': { 409: 'what is revoked already stays so, and that succeeds' },
  'delete-application': { 429: 'deleting is not limited' },
  'reset-password': { 401: 'a token is good, unknown (404) or over (410)' },
  'get-product-actions': { 503: 'no other service is asked' },
  'query-application-analytics': { 403: 'a 403 makes the portal leave the page' },
};

export interface Row {
  readonly operation: string;
  readonly seen: readonly number[];
  /** Declared, possible here, and not seen. */
  readonly missing: readonly number[];
  readonly never: readonly number[];
}

/** For each operation which of the statuses it declares were seen. */
export function coverage(
  operations: readonly PublishedOperation[],
  seen: ReadonlyMap<string, ReadonlySet<number>>,
): readonly Row[] {
  return operations.map(({ id, statuses }) => {
    const mine = seen.get(id) ?? new Set<number>();
    const never = Object.keys(NEVER[id] ?? {}).map(Number);
    return {
      operation: id,
      seen: [...mine].sort(),
      missing: statuses.filter((status) => !mine.has(status) && !never.includes(status)),
      never,
    };
  });
}

/** The table for people. */
export function table(rows: readonly Row[]): string {
  const line = (row: Row) =>
    `${row.operation.padEnd(48)} ${row.seen.join(' ').padEnd(24)} ${row.never.join(' ').padEnd(10)} ${row.missing.join(' ')}`;
  const full = rows.filter(({ missing }) => missing.length === 0).length;
  const head = `${'operation'.padEnd(48)} ${'validated'.padEnd(24)} ${'never'.padEnd(10)} missing`;
  return [head, ...rows.map(line), `${full} of ${rows.length} in full`].join('\n');
}
