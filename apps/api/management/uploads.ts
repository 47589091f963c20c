/** Content of specifications and documents on its way in: decoded, read by the parser, and stored before any event names it. */
import { MAX_BLOB_BYTES } from '#blobs/port.js';
import { decodeContent, decodeMarkdown } from '#documents/content.js';
import type { Problem as ContentProblem, Result } from '#documents/problem.js';
import { invalid, Problem } from '../http/problem.js';
import type { Services } from '../services.js';

type Store = Pick<Services, 'blobs' | 'specifications'>;

/**
 * Stores a specification and the list of its operations.
 * @param content base64
 * @param name file name; only its ending matters
 * @throws Problem 400 naming `content`
 */
export async function storeSpecification({ blobs, specifications }: Store, content: string, name: string) {
  const { bytes } = read(decodeContent(content));
  const { operations } = read(await specifications.parse(bytes, name));
  const listing = Buffer.from(JSON.stringify(operations));
  if (listing.length > MAX_BLOB_BYTES) throw atFault('too_large', 'The list of operations is too large: split it');
  const [content_sha256, operations_sha256] = await Promise.all([blobs.put(bytes), blobs.put(listing)]);
  return { content_sha256, operations_sha256, size: bytes.length };
}

/**
 * Stores the Markdown of a document.
 * @param content Markdown as it is, or base64 of it
 * @throws Problem 400 naming `content`
 */
export async function storeMarkdown({ blobs, specifications }: Store, content: string) {
  if (!content.isWellFormed()) {
    throw invalid({ field: 'content', reason: 'must be well-formed Unicode', rule: 'invalid', source: 'body' });
  }
  const { bytes } = read(decodeMarkdown(content));
  read(await specifications.documentNodes(bytes));
  return { content_sha256: await blobs.put(bytes), size: bytes.length };
}

function read<T extends object>(result: Result<T>): T {
  if (result.ok) return result;
  const { code, message, line, pointer } = result.problem;
  throw atFault(code, message, { ...(line !== undefined && { line }), ...(pointer !== undefined && { pointer }) });
}

/** `extra`: the place in the content, where it is known. */
const atFault = (code: ContentProblem['code'], message: string, extra: Readonly<Record<string, unknown>> = {}) =>
  new Problem(400, code, message, {
    invalid: [
      { field: 'content', reason: message, rule: code === 'not_base64' ? 'is_base64' : 'invalid', source: 'body' },
    ],
    extra,
  });
