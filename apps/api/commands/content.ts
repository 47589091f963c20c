import type { Blobs } from '#blobs/port.js';
import { invalid } from '../http/problem.js';

const HASHES = ['content_sha256', 'operations_sha256'] as const;

/**
 * Events may only name content that is stored: views read it.
 * @throws Problem 400 naming the field
 */
export async function checkContentIsStored(body: Readonly<Record<string, unknown>>, blobs: Blobs): Promise<void> {
  for (const field of HASHES) {
    const sha256 = body[field];
    if (typeof sha256 !== 'string' || (await blobs.get(sha256))) continue;
    throw invalid({
      field,
      reason: 'names content that is not stored here; the management API takes specifications and documents themselves',
      rule: 'invalid',
      source: 'body',
    });
  }
}
