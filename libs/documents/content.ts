import { isUtf8 } from 'node:buffer';
import { refused, type Result } from './problem.js';

/** Largest document or specification, decoded. */
export const MAX_CONTENT_BYTES = 16 * 1024 * 1024;

/**
 * The bytes of a base64 field (RFC 4648 section 4, padded, no line breaks, no base64url) that must hold UTF-8 text without
 * NUL, 16 MB at most.
 * @param field name of the request's field, for the problem
 */
export function decodeContent(content: string, field = 'content'): Result<{ bytes: Uint8Array }> {
  if (content.length > Math.ceil(MAX_CONTENT_BYTES / 3) * 4) return tooLarge(field);
  const bytes = Buffer.from(content, 'base64');
  if (!encodesTo(bytes, content)) {
    return refused('not_base64', `${field} must be base64 (RFC 4648 section 4), padded and without line breaks`, {
      field,
    });
  }
  return checkedText(bytes, field);
}

/**
 * The bytes of a field that may hold Markdown as it is, or base64 of it. Text counts as base64 only if it cannot well be
 * anything else: strict base64 of printable text, padded or at least 16 characters long ("Info" stays "Info").
 */
export function decodeMarkdown(content: string, field = 'content'): Result<{ bytes: Uint8Array }> {
  if (content.length >= 16 || content.endsWith('=')) {
    const decoded = decodeContent(content, field);
    if (decoded.ok && !CONTROL.test(Buffer.from(decoded.bytes).toString())) return decoded;
    if (!decoded.ok && decoded.problem.code === 'too_large') return decoded;
  }
  return checkedText(Buffer.from(content), field);
}

/** Text of bytes that must be UTF-8; a byte order mark is dropped. */
export function decodeText(bytes: Uint8Array): Result<{ text: string }> {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return refused('not_utf8', 'The text must be UTF-8: save it in that encoding');
  }
}

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

function checkedText(bytes: Buffer, field: string): Result<{ bytes: Uint8Array }> {
  if (bytes.length > MAX_CONTENT_BYTES) return tooLarge(field);
  if (bytes.includes(0)) return refused('has_nul', `${field} must be text: remove the NUL characters`, { field });
  if (!isUtf8(bytes)) return refused('not_utf8', `${field} must be UTF-8 text: save it in that encoding`, { field });
  return { ok: true, bytes };
}

/** A multiple of 3 bytes, which base64 writes as 4 characters. */
const PIECE_BYTES = 3 * 64 * 1024;

/**
 * Node's decoder ignores what it does not know, so only what encodes back to the same text was base64. Piece by piece: the
 * whole text again would be memory for nothing.
 */
function encodesTo(bytes: Buffer, content: string): boolean {
  if (content.length !== Math.ceil(bytes.length / 3) * 4) return false;
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.toString('base64', at, at + PIECE_BYTES);
    if (!content.startsWith(piece, (at / 3) * 4)) return false;
  }
  return true;
}

const tooLarge = (field: string) =>
  refused('too_large', `${field} may have at most ${MAX_CONTENT_BYTES} bytes (16 MB) after decoding`, { field });
