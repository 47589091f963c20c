import { createScanner } from 'jsonc-parser';
import { invalid, Problem } from './problem.js';

/** jsonc-parser's SyntaxKind is a const enum, which isolated modules cannot read. */
const SyntaxKind = {
  OpenBraceToken: 1,
  CloseBraceToken: 2,
  OpenBracketToken: 3,
  CloseBracketToken: 4,
  CommaToken: 5,
  StringLiteral: 10,
  EOF: 17,
} as const;

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
  checkStructure(text);
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, 'not_json', 'The body is not valid JSON.', {
      invalid: [{ field: 'body', reason: 'must be JSON', rule: 'invalid', source: 'body' }],
    });
  }
}

/** Walks the tokens without recursion: number, depth and duplicate keys (JSON.parse would silently keep the last). */
function checkStructure(text: string): void {
  const scanner = createScanner(text, true);
  const keys: (Set<string> | null)[] = [];
  let atKey = false;
  let count = 0;
  for (let token: number = scanner.scan(); token !== SyntaxKind.EOF; token = scanner.scan()) {
    if (++count > MAX_TOKENS)
      throw invalid({
        field: 'body',
        reason: `must not have more than ${MAX_TOKENS} tokens`,
        rule: 'invalid',
        source: 'body',
      });
    if (token === SyntaxKind.OpenBraceToken || token === SyntaxKind.OpenBracketToken) {
      if (keys.length === MAX_DEPTH)
        throw invalid({
          field: 'body',
          reason: `must not be nested deeper than ${MAX_DEPTH} levels`,
          rule: 'invalid',
          source: 'body',
        });
      keys.push(token === SyntaxKind.OpenBraceToken ? new Set() : null);
      atKey = token === SyntaxKind.OpenBraceToken;
    } else if (token === SyntaxKind.CloseBraceToken || token === SyntaxKind.CloseBracketToken) {
      keys.pop();
      atKey = false;
    } else if (token === SyntaxKind.CommaToken) {
      atKey = keys.at(-1) instanceof Set;
    } else if (token === SyntaxKind.StringLiteral && atKey) {
      const seen = keys.at(-1)!;
      const key = scanner.getTokenValue();
      if (seen.has(key))
        throw invalid({ field: key.slice(0, 100), reason: 'must not be given twice', rule: 'invalid', source: 'body' });
      seen.add(key);
      atKey = false;
    }
  }
}
