import { OutboundFailed, type Outbound } from '#outbound/outbound.js';
import { IssuerUnavailable } from './unavailable.js';

const LIMITS = { timeoutMs: 5000, maxBytes: 256 * 1024 };

/**
 * A JSON document of a provider.
 * @throws IssuerUnavailable unless the answer is 200 with a JSON object
 */
export async function fetchJson(outbound: Outbound, url: string): Promise<Readonly<Record<string, unknown>>> {
  const host = URL.parse(url)?.host ?? 'the provider';
  const { status, body } = await outbound
    .request(url, { headers: { accept: 'application/json' }, ...LIMITS })
    .catch((error: unknown) => {
      if (error instanceof OutboundFailed) throw new IssuerUnavailable(error.message, { cause: error });
      throw error;
    });
  if (status !== 200) throw new IssuerUnavailable(`${host} answered with status ${status} instead of 200.`);
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new IssuerUnavailable(`${host} answered with something else than a JSON object.`);
}
