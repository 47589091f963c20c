import type { Context } from './context.js';
import { matchesTag } from './entity-tag.js';
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

/** Small enough that strings of it are soon collected. */
const PIECE_BYTES = 64 * 1024;

/**
 * The JSON of an object with one more field, a text given as UTF-8. Made piece by piece: as strings, a text of many megabytes
 * would take several times its size in memory.
 */
export function jsonWithText(object: object, field: string, utf8: Uint8Array): Buffer {
  const start = JSON.stringify({ ...object, [field]: '' }).slice(0, -2);
  const decoder = new TextDecoder();
  const pieces = [Buffer.from(start)];
  for (let at = 0; at < utf8.length; at += PIECE_BYTES) {
    const text = decoder.decode(utf8.subarray(at, at + PIECE_BYTES), { stream: true });
    pieces.push(Buffer.from(JSON.stringify(text).slice(1, -1)));
  }
  return Buffer.concat([...pieces, Buffer.from(`${JSON.stringify(decoder.decode()).slice(1, -1)}"}`)]);
}

/**
 * Answers, in an operation that writes its answer itself, what depends on a blob alone: its hash is the entity tag, so that
 * a client which has it costs no more than the look-up.
 */
export async function answerByHash(
  { request, reply }: Context,
  sha256: string,
  json: () => Promise<string | Buffer>,
): Promise<string | Buffer | undefined> {
  const tag = `"${sha256.slice(0, 32)}"`;
  void reply.headers({ etag: tag, 'cache-control': 'private, no-cache' });
  if (matchesTag(request.headers['if-none-match'], tag)) {
    void reply.status(304);
    return undefined;
  }
  void reply.header('content-type', 'application/json; charset=utf-8');
  return json();
}
