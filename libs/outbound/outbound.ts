import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { addressRules, type AddressRules, type AllowPrivate } from './addresses.js';

export interface OutboundRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** For the whole call: looking up, connecting, sending and reading. */
  readonly timeoutMs?: number;
  /** Of the answer's body. */
  readonly maxBytes?: number;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** HTTP calls to addresses that users and administrators typed. Guarded against server-side request forgery. */
export interface Outbound {
  /**
   * One call. Redirects are answers like any other; they are not followed. Any status is an answer.
   * @throws OutboundFailed
   */
  request(url: string, init?: OutboundRequest): Promise<OutboundAnswer>;
  close(): Promise<void>;
}

export type OutboundReason = 'refused-address' | 'timeout' | 'too-large' | 'unreachable' | 'bad-url' | 'bad-request';

/** Why a call got no answer. The message names the host at most: paths, queries and headers may hold secrets. */
export class OutboundFailed extends Error {
  override readonly name = 'OutboundFailed';
  constructor(
    readonly reason: OutboundReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface OutboundOptions {
  /** Private destinations that may be reached; none when absent. */
  readonly allowPrivate?: AllowPrivate;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** Where names are looked up: for tests. */
  readonly lookup?: (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;
/** These follow from the URL and the body; another value would smuggle a second request, or reach another virtual host. */
const OWN_HEADERS = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect', 'te']);

/** Opens the way out. Every call gets a connection of its own, to an address that was checked for that call. */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  const rules = addressRules(options.allowPrivate ?? false);
  const lookup = options.lookup ?? ((host) => systemLookup(host, { all: true }));
  let opened: ReturnType<typeof open> | undefined;

  /** Loaded with the first call: an installation without providers has none, and the client takes 20 MB. */
  async function open() {
    const { Agent, request: send } = await import('undici');
    const agent = new Agent({
      pipelining: 0, // No connection is kept: the next call looks the name up again.
      connect: { lookup: checkedLookup(rules, lookup), timeout: options.timeoutMs ?? TIMEOUT_MS },
    });
    return { agent, send };
  }

  return {
    async request(url, init = {}) {
      const target = readTarget(url, rules);
      const limit = AbortSignal.timeout(init.timeoutMs ?? options.timeoutMs ?? TIMEOUT_MS);
      const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
      try {
        const { agent, send } = await (opened ??= open());
        const answer = await send(target, {
          dispatcher: agent,
          method: (init.method ?? 'GET') as 'GET',
          headers: { 'accept-encoding': 'identity', ...readHeaders(init.headers ?? {}) },
          body: init.body ?? null,
          signal,
        });
        const maxBytes = init.maxBytes ?? options.maxBytes ?? MAX_BYTES;
        const body = await readBody(answer.body, maxBytes, target.hostname);
        return { status: answer.statusCode, headers: headersOf(answer.headers), body };
      } catch (error) {
        throw failure(error, target.hostname, limit.aborted, init.signal);
      }
    },
    close: async () => (await opened)?.agent.destroy(),
  };
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/** Hosts written as numbers (decimal, octal, hexadecimal) are dotted after parsing (WHATWG URL, section 3.5). */
function readTarget(text: string, rules: AddressRules): URL {
  const url = URL.parse(text);
  if (!url) throw new OutboundFailed('bad-url', 'This is not an address that can be called.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new OutboundFailed('bad-url', 'Only http and https addresses can be called.');
  if (url.username || url.password)
    throw new OutboundFailed('bad-url', `The address of ${url.hostname} must not hold a name or password.`);
  const host = hostOf(url);
  if (isIP(host) && !rules.permits(host, host)) throw refused(host);
  return url;
}

const refused = (host: string): OutboundFailed =>
  new OutboundFailed(
    'refused-address',
    `${host} is not on the public network. To call it, list it in GATEHOUSE_OUTBOUND_PRIVATE.`,
  );

/** What a name leads to is checked here, and the connection goes to exactly that: a second look-up could answer otherwise. */
function checkedLookup(rules: AddressRules, lookup: NonNullable<OutboundOptions['lookup']>): LookupFunction {
  return (host, options, callback) => {
    const name = host.toLowerCase();
    lookup(host).then(
      (found) => {
        const allowed = found.filter(({ address }) => rules.permits(name, address)).map((one) => ({ ...one }));
        const [first] = allowed;
        if (!first) callback(refused(name), '', 0);
        else if (options.all) callback(null, allowed);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}

function readHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  const own = entries.find(([name]) => OWN_HEADERS.has(name));
  if (own) throw new OutboundFailed('bad-request', `The header ${own[0]} cannot be set on this call.`);
  return Object.fromEntries(entries);
}

async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number, host: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new OutboundFailed('too-large', `${host} answered with more than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf(fields: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  return headers;
}

function failure(error: unknown, host: string, timedOut: boolean, signal: AbortSignal | undefined): unknown {
  if (error instanceof OutboundFailed) return error;
  if (signal?.aborted && !timedOut) return signal.reason;
  const code = (error as { code?: unknown }).code;
  if (timedOut || (typeof code === 'string' && /^UND_ERR_\w*TIMEOUT$|^ETIMEDOUT$/.test(code)))
    return new OutboundFailed('timeout', `${host} did not answer in time.`);
  if (code === 'UND_ERR_INVALID_ARG')
    return new OutboundFailed('bad-request', 'The method or a header of this call is not well formed.');
  // The cause's own text may quote the request.
  const what = typeof code === 'string' ? ` (${code})` : '';
  // The code alone, which tells whether a connection ever came to be.
  return new OutboundFailed('unreachable', `${host} cannot be reached${what}.`, { cause: code });
}
