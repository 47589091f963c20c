/** One call to a server that registers clients, and what may be concluded when it fails. */
import { OutboundFailed, type Outbound } from '#outbound/outbound.js';
import { ProviderFailed } from './protocol.js';

/** For one call; a developer waits for it. */
export const CALL_TIMEOUT_MS = 10_000;
const MAX_BYTES = 256 * 1024;

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: object;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The body if it is a JSON object; undefined otherwise. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

/** Errors of connections that never came to be, so that nothing was sent. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

function failure(error: unknown): unknown {
  if (!(error instanceof OutboundFailed)) return error;
  switch (error.reason) {
    case 'refused-address':
      return new ProviderFailed('not_sent', 'The address of the identity provider may not be called', false);
    case 'bad-url':
    case 'bad-request':
      return new ProviderFailed('not_sent', 'The address of the identity provider cannot be called', false);
    case 'timeout':
      return new ProviderFailed('timeout', 'The identity provider did not answer in time', true);
    case 'too-large':
      return new ProviderFailed('unusable_answer', 'The answer of the identity provider is too large', true);
    case 'unreachable': {
      const sent = !NOT_CONNECTED.has(String(error.cause));
      return new ProviderFailed('unreachable', 'The identity provider cannot be reached', sent);
    }
  }
}

/** The answer, whatever its status. @throws ProviderFailed if there is none */
export async function exchange(outbound: Pick<Outbound, 'request'>, url: string, request: Request): Promise<Reply> {
  const { method = 'GET', json, form, timeoutMs = CALL_TIMEOUT_MS } = request;
  const type = json ? 'application/json' : form ? 'application/x-www-form-urlencoded' : undefined;
  const body = json ? JSON.stringify(json) : form && new URLSearchParams(form).toString();
  try {
    const reply = await outbound.request(url, {
      method,
      headers: { accept: 'application/json', ...(type && { 'content-type': type }), ...request.headers },
      ...(body !== undefined && { body }),
      timeoutMs,
      maxBytes: MAX_BYTES,
    });
    return { status: reply.status, headers: reply.headers, json: objectIn(reply.body) };
  } catch (error) {
    throw failure(error);
  }
}

function objectIn(body: Uint8Array): Reply['json'] {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Any 2xx is a yes and any 3xx or 4xx a no; after a 5xx nobody knows. @throws ProviderFailed unless it is a yes */
export function succeeded(reply: Reply): Reply {
  const { status } = reply;
  if (status >= 200 && status < 300) return reply;
  const message = `The identity provider answered ${status}${errorCode(reply)}`;
  // A proxy that gave up waiting (408) has passed the request on.
  if (status >= 500 || status === 408) throw new ProviderFailed('server_error', message, true, status);
  throw new ProviderFailed('refused', message, false, status);
}

/** The error code of RFC 6749 section 5.2 and RFC 7591 section 3.2.2: a word, no sentence. */
function errorCode({ json }: Reply): string {
  const code = json?.['error'];
  return typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? ` (${code})` : '';
}
