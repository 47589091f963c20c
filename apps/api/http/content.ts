import type { Context } from './context.js';
import type { Services } from '../services.js';

/** The text of a blob that an event names. */
export async function blobText({ blobs }: Pick<Services, 'blobs'>, sha256: string): Promise<string> {
  return new TextDecoder().decode(await blobBytes({ blobs }, sha256));
}

export async function blobBytes({ blobs }: Pick<Services, 'blobs'>, sha256: string): Promise<Uint8Array> {
  const bytes = await blobs.get(sha256);
  if (!bytes) throw new Error(`The blob ${sha256} is missing: restore blobs.db`);
  return bytes;
}

/**
 * Answers, in an operation that writes its answer itself, what depends on a blob alone: its hash is the entity tag, so that
 * a client which has it costs no more than the look-up.
 */
export async function answerByHash(
  { request, reply }: Context,
  sha256: string,
  json: () => Promise<string>,
): Promise<string | undefined> {
  const tag = `"${sha256.slice(0, 32)}"`;
  void reply.headers({ etag: tag, 'cache-control': 'private, no-cache' });
  const known = request.headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (known?.includes(tag) || known?.includes('*')) {
    void reply.status(304);
    return undefined;
  }
  void reply.header('content-type', 'application/json; charset=utf-8');
  return json();
}
