import { invalid, Problem, type InvalidParameter } from './problem.js';
import { scanJson, type JsonFinding } from '#documents/json-scan.js';

const MAX_DEPTH = 64;
/** Far more than any body has that is understood; many small values would fill the memory and hold up everybody. */
const MAX_TOKENS = 200_000;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** @throws Problem 415 if the media type names another character set than JSON is written in (RFC 8259 section 8.1) */
export function checkCharset(contentType = ''): void {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1];
  // US-ASCII is a part of UTF-8.
  if (charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset)) return;
  throw new Problem(415, 'unsupported_charset', 'The body must be UTF-8: leave charset out, or set it to utf-8.');
}

/**
 * Parses a request body as JSON (RFC 8259), strictly: UTF-8 only, no duplicate keys, at most 64 levels deep and 200,000
 * tokens long.
 * Throws a 400 Problem that says where it went wrong; never repeats the content.
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new Problem(400, 'not_utf8', 'The body is not valid UTF-8.', {
      invalid: [{ field: 'body', reason: 'must be UTF-8', rule: 'invalid', source: 'body' }],
    });
  }
  const finding = scanJson(text, { maxDepth: MAX_DEPTH, maxTokens: MAX_TOKENS });
  if (finding) throw invalid(faultOf(finding));
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, 'not_json', 'The body is not valid JSON.', {
      invalid: [{ field: 'body', reason: 'must be JSON', rule: 'invalid', source: 'body' }],
    });
  }
}

/** What is wrong with a body that JSON.parse would take. */
function faultOf(finding: JsonFinding): InvalidParameter {
  const fault = { field: 'body', rule: 'invalid', source: 'body' } as const;
  switch (finding.found) {
    case 'too-deep':
      return { ...fault, reason: `must not be nested deeper than ${MAX_DEPTH} levels` };
    case 'too-many-tokens':
      return { ...fault, reason: `must not have more than ${MAX_TOKENS} tokens` };
    case 'repeated-name':
      return { ...fault, field: finding.name.slice(0, 100), reason: 'must not be given twice' };
  }
}
