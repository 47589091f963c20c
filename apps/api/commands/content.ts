import type { Blobs } from '#blobs/port.js';
import { readOperations } from '#documents/operations.js';
import { invalid } from '../http/problem.js';

const NOT_STORED =
  'names content that is not stored here; the management API takes specifications and documents themselves';
const NOT_OPERATIONS =
  'names content that is no list of operations; the management API makes the list from the specification itself';

type Check = (bytes: Uint8Array) => boolean;

/** The fields that name content, and what of it views and answers rely on. */
const FIELDS: Readonly<Record<string, Check>> = {
  content_sha256: () => true,
  operations_sha256: (bytes) => readOperations(new TextDecoder().decode(bytes)) !== undefined,
};

/**
 * Events may only name content that is stored, and is what it is named as: views read it.
 * @throws Problem 400 naming the field
 */
export async function checkContentIsStored(body: Readonly<Record<string, unknown>>, blobs: Blobs): Promise<void> {
  for (const [field, check] of Object.entries(FIELDS)) {
    const sha256 = body[field];
    if (typeof sha256 !== 'string') continue;
    const bytes = await blobs.get(sha256);
    if (bytes && check(bytes)) continue;
    throw invalid({ field, reason: bytes ? NOT_OPERATIONS : NOT_STORED, rule: 'invalid', source: 'body' });
  }
}
