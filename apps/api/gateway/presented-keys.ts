import type { IncomingHttpHeaders } from 'node:http';
import { parseKey, type ParsedKey } from '#vault/api-keys.js';

/** A well-formed API key that came with a call, and where it stood. It proves nothing yet. */
export interface PresentedKey {
  readonly key: string;
  readonly parsed: ParsedKey;
  /** Lower-case name of the header, or name of the query parameter. */
  readonly name: string;
}

export interface Presented {
  readonly keys: readonly PresentedKey[];
  /** Something that begins like one of our keys is none. */
  readonly malformed: boolean;
}

/** Each key costs a look-up, so only the first few are looked at. */
const MOST = 4;
/** A key is 63 characters and its prefix, which has 2 to 20. */
const SHORTEST = 65;
const LONGEST = 83;
/** Where gateways put the address of the call they ask about: nginx by convention, Traefik and Caddy by themselves. */
const ORIGINAL_ADDRESS = ['x-original-uri', 'x-forwarded-uri'] as const;

/**
 * Every key among the headers and query parameters of a call. Which of their names count is only known once a key has named
 * its application: see check.ts.
 */
export function presentedKeys(
  headers: IncomingHttpHeaders,
  query: Readonly<Record<string, unknown>>,
  prefix: string,
): Presented {
  const keys: PresentedKey[] = [];
  let malformed = false;
  const look = (name: string, value: unknown): void => {
    if (typeof value !== 'string' || keys.length === MOST) return;
    const parsed = value.length >= SHORTEST && value.length <= LONGEST ? parseKey(value) : undefined;
    if (parsed) keys.push({ key: value, parsed, name });
    else if (value.startsWith(prefix) && value[prefix.length] === '_') malformed = true;
  };
  for (const name in headers) {
    const value = headers[name];
    look(name, name === 'authorization' && typeof value === 'string' ? value.replace(/^bearer +/i, '') : value);
  }
  for (const name in query) look(name, query[name]);
  for (const header of ORIGINAL_ADDRESS) {
    const address = headers[header];
    const start = typeof address === 'string' ? address.indexOf('?') : -1;
    if (start < 0) continue;
    for (const [name, value] of new URLSearchParams((address as string).slice(start + 1))) look(name, value);
  }
  return { keys, malformed };
}
