import { OutboundFailed, type Outbound } from '#outbound/outbound.js';
import { SignOnFailed } from './failure.js';

/** As passport-openidconnect's OAuth 2.0 client hands results on: an error, or the body. */
export type OAuthCallback = (
  error: Error | { readonly statusCode: number; readonly data: string } | null,
  data?: string,
) => void;

export interface ProviderCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A form, of POST requests. */
  readonly body: string;
}

const LIMITS = { timeoutMs: 10_000, maxBytes: 256 * 1024 };

/** RFC 6749 section 2.3.1: both parts form-encoded before they are joined. */
const basic = (id: string, secret: string): string => {
  const encoded = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
  return `Basic ${Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString('base64')}`;
};

type Authenticated = Pick<ProviderCall, 'headers' | 'body'>;

/**
 * A token request as the library makes it, with the client secret in the form, in each way that the provider understands
 * (OpenID Connect Core 1.0 section 9; in the header unless the provider says otherwise).
 */
function waysOf({ headers, body }: ProviderCall, supported: readonly string[]): readonly Authenticated[] {
  const form = new URLSearchParams(body);
  const id = form.get('client_id') ?? '';
  const secret = form.get('client_secret') ?? '';
  form.delete('client_secret');
  if (secret === '') return [{ headers, body: form.toString() }];
  const ways: Authenticated[] = [];
  if (supported.includes('client_secret_post')) ways.push({ headers, body });
  form.delete('client_id');
  if (supported.includes('client_secret_basic'))
    ways.unshift({ headers: { ...headers, authorization: basic(id, secret) }, body: form.toString() });
  return ways.length > 0 ? ways : [{ headers, body }];
}

/** The error code of an OAuth answer (RFC 6749 section 5.2). */
function errorOf(data: string): unknown {
  try {
    return (JSON.parse(data) as { error?: unknown } | null)?.error;
  } catch {
    return undefined;
  }
}

const isObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/**
 * Makes the library's calls through the guarded way out. Whatever it hands back as a success is a JSON object: the library
 * would fail outside of anybody's reach on something else.
 */
export async function callProvider(
  outbound: Outbound,
  call: ProviderCall,
  authMethods: readonly string[] = ['client_secret_basic'],
): Promise<string> {
  const isToken = call.method === 'POST';
  const ways = isToken ? waysOf(call, authMethods) : [{ headers: call.headers, body: '' }];
  let reason: 'client-refused' | 'code-refused' | 'userinfo-unusable' = 'client-refused';
  for (const { headers, body } of ways) {
    const { status, data } = await send(outbound, call, headers, body);
    if (status === 200 && isObject(data)) return data;
    if (status >= 500) throw new SignOnFailed('provider-unavailable');
    if (!isToken) throw new SignOnFailed('userinfo-unusable');
    const refused = status === 401 || errorOf(data) === 'invalid_client';
    reason = refused ? 'client-refused' : 'code-refused';
    // A client that was not accepted has used nothing up: the other way to name it may be the one that was agreed.
    if (!refused) break;
  }
  throw new SignOnFailed(reason);
}

async function send(
  outbound: Outbound,
  { method, url }: ProviderCall,
  headers: Authenticated['headers'],
  body: string,
) {
  try {
    const answer = await outbound.request(url, {
      method,
      headers: { ...headers, accept: 'application/json' },
      ...(method === 'POST' ? { body } : {}),
      ...LIMITS,
    });
    return { status: answer.status, data: new TextDecoder().decode(answer.body) };
  } catch (error) {
    if (error instanceof OutboundFailed) throw new SignOnFailed('provider-unavailable');
    throw error;
  }
}
