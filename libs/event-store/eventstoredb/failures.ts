import { StoreUnavailable } from '../port.js';

/** What the client's errors have in common, those of gRPC and its own. */
interface ClientError {
  readonly type?: string;
  readonly code?: number;
  readonly message?: string;
  readonly actualVersion?: bigint | 'no_stream';
}

/**
 * wrong-revision: refused, the stream is elsewhere. refused, too-large: for good, nothing stored. not-sent: nothing stored, may be
 * repeated. open: stored or not, only a repeat with the same ids at the same revision tells.
 */
export type AppendFailure =
  | { readonly kind: 'wrong-revision'; readonly actualRevision: number }
  | { readonly kind: 'refused' | 'too-large' | 'not-sent' | 'open'; readonly reason: string };

const TOO_LARGE = 'maximum-append-size-exceeded';
const REFUSED: Readonly<Record<string, string>> = {
  'stream-deleted': 'the stream has been deleted on the server',
  'access-denied': 'the server denies access: check user and password in the connection string',
};
const REFUSED_CODES: Readonly<Record<number, string>> = {
  7: REFUSED['access-denied']!,
  16: REFUSED['access-denied']!,
};
/** Said before anything is sent. */
const NOT_SENT = /ECONNREFUSED|Server Is Not Ready|No connection established|ENOTFOUND|EAI_AGAIN|Failed to discover/;

/** The own timer ran out: the client itself may wait for ever. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** By type and code, never by class. Whatever is not known to be harmless is open. */
export function appendFailure(error: unknown): AppendFailure {
  const { type = '', code = 0, message = '', actualVersion } = error as ClientError;
  if (type === 'wrong-expected-version') {
    return { kind: 'wrong-revision', actualRevision: typeof actualVersion === 'bigint' ? Number(actualVersion) : -1 };
  }
  if (type === TOO_LARGE || code === 8) {
    return {
      kind: 'too-large',
      reason: 'the events are larger than the server takes at once: keep large values in blobs',
    };
  }
  const refused = REFUSED[type] ?? REFUSED_CODES[code];
  if (refused) return { kind: 'refused', reason: refused };
  return { kind: NOT_SENT.test(message) ? 'not-sent' : 'open', reason: reasonOf(error) };
}

export const isMissingStream = (error: unknown): boolean => (error as ClientError).type === 'stream-not-found';

/** Dropped for reading too slowly: the normal end of a subscription under load. */
export const isTooSlow = (error: unknown): boolean => (error as ClientError).code === 10;

/** The server cannot make sense of what was asked: a position that is none, for instance. */
export const isSenseless = (error: unknown): boolean => (error as ClientError).code === 2;

export const isRefusal = (error: unknown): boolean => appendFailure(error).kind === 'refused';

export function unreadable(error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  return new StoreUnavailable(`The event store could not be read (${reasonOf(error)}): try again`, { cause: error });
}

/** The kind of the error only: messages of the client may quote addresses, and its log the connection string. */
function reasonOf(error: unknown): string {
  const { type, code } = error as ClientError;
  if (error instanceof TimedOut) return 'no answer in time';
  const refused = REFUSED[type ?? ''] ?? REFUSED_CODES[code ?? 0];
  return refused ?? [type ?? 'connection failed', ...(code === undefined ? [] : [`code ${code}`])].join(', ');
}
