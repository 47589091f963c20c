import { createScanner } from 'jsonc-parser';

/** What JSON.parse does not refuse; `at` is an offset in the text. */
export type JsonFinding =
  | { readonly found: 'too-deep' }
  | { readonly found: 'too-many-tokens' }
  | { readonly found: 'repeated-name'; readonly name: string; readonly at: number };

export interface JsonLimits {
  /** Objects and arrays within one another. */
  readonly maxDepth: number;
  /** Names, values, brackets, commas and colons together; default: any number. */
  readonly maxTokens?: number;
}

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

/**
 * Scans JSON (RFC 8259) once, before it is parsed, without recursion: a parser needs memory for each level of nesting, and
 * lets the last of several members with one name win. Text that is not JSON is scanned as well as it can be.
 */
export function scanJson(text: string, { maxDepth, maxTokens = Infinity }: JsonLimits): JsonFinding | undefined {
  const scanner = createScanner(text, true);
  /** Of each level the names so far; undefined for arrays. */
  const names: (Set<string> | undefined)[] = [];
  let atName = false;
  let count = 0;
  for (let token: number = scanner.scan(); token !== SyntaxKind.EOF; token = scanner.scan()) {
    if (++count > maxTokens) return { found: 'too-many-tokens' };
    if (token === SyntaxKind.OpenBraceToken || token === SyntaxKind.OpenBracketToken) {
      if (names.length === maxDepth) return { found: 'too-deep' };
      atName = token === SyntaxKind.OpenBraceToken;
      names.push(atName ? new Set() : undefined);
    } else if (token === SyntaxKind.CloseBraceToken || token === SyntaxKind.CloseBracketToken) {
      names.pop();
      atName = false;
    } else if (token === SyntaxKind.CommaToken) {
      atName = names.at(-1) !== undefined;
    } else if (token === SyntaxKind.StringLiteral && atName) {
      const known = names.at(-1)!;
      const name = scanner.getTokenValue();
      if (known.has(name)) return { found: 'repeated-name', name, at: scanner.getTokenOffset() };
      known.add(name);
      atName = false;
    }
  }
  return undefined;
}
