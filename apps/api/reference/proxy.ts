/** One call to an API on behalf of a developer. */
import { OutboundFailed, type Outbound, type OutboundReason } from '#outbound/outbound.js';
import { Problem } from '../http/problem.js';
import { sentHeaders, shownHeaders, type HeaderPairs } from './headers.js';

/** A JSON body of at most 1 MB holds it in base64. */
export const MAX_REQUEST_BYTES = 700 * 1024;
export const MAX_ANSWER_BYTES = 5 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

export interface ProxiedCall {
  readonly method: string;
  /** One that was found to be listed. */
  readonly url: string;
  readonly headers: HeaderPairs;
  readonly body?: Uint8Array;
}

export interface ExchangeOptions {
  readonly timeoutMs?: number;
  /** Headers of ours, which no call brings itself. */
  readonly own?: Readonly<Record<string, string>>;
}

export interface Exchange {
  readonly status: number;
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
  readonly latencyMs: number;
}

/** Told as a call where the API, or the way to it, failed; 0: none was made. */
export const STATUS_OF_FAILURE: Readonly<Record<OutboundReason, number>> = {
  'refused-address': 0,
  'bad-url': 0,
  'bad-request': 0,
  timeout: 504,
  unreachable: 502,
  'too-large': 502,
};

const PROBLEMS: Readonly<Record<OutboundReason, Problem>> = {
  'refused-address': new Problem(
    502,
    'api_address_refused',
    'The address of this API is not on the public network. Whoever runs this portal can allow it: GATEHOUSE_OUTBOUND_PRIVATE.',
  ),
  'bad-url': new Problem(400, 'call_not_well_formed', 'This address cannot be called.'),
  'bad-request': new Problem(400, 'call_not_well_formed', 'The method or a header of this call is not well formed.'),
  timeout: new Problem(504, 'api_timeout', `The API did not answer within ${TIMEOUT_MS / 1000} s.`),
  unreachable: new Problem(502, 'api_unreachable', 'The API cannot be reached.'),
  'too-large': new Problem(
    502,
    'api_answer_too_large',
    `The answer of the API has more than ${MAX_ANSWER_BYTES / 1024 / 1024} MB, which is too much for this page.`,
  ),
};

export const failureProblem = ({ reason }: OutboundFailed): Problem => PROBLEMS[reason];

/** Makes the call; redirects are answers, and shown as such. @throws OutboundFailed */
export async function exchange(
  outbound: Outbound,
  { method, url, headers, body }: ProxiedCall,
  { timeoutMs = TIMEOUT_MS, own = {} }: ExchangeOptions = {},
): Promise<Exchange> {
  const started = performance.now();
  const answer = await outbound.request(url, {
    method,
    headers: { 'user-agent': 'Gatehouse', ...sentHeaders(headers), ...own },
    timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
    ...(body ? { body } : {}),
  });
  return {
    status: answer.status,
    headers: shownHeaders(answer.headers),
    body: answer.body,
    latencyMs: performance.now() - started,
  };
}
