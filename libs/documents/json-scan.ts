/** What JSON.parse does not refuse. */
export type JsonFinding = { readonly found: 'too-deep' } | { readonly found: 'repeated-name'; readonly at: number };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * Scans JSON (RFC 8259) once, before it is parsed: a parser needs memory for each level of nesting, and lets the last of
 * several members with one name win. Text that is not JSON is scanned as well as it can be.
 */
export function scanJson(text: string, maxDepth: number): JsonFinding | undefined {
  const names: Set<string>[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (isName(text, end)) {
        const name = unescaped(text.slice(at, end));
        const known = (names[depth] ??= new Set());
        if (known.has(name)) return { found: 'repeated-name', at };
        known.add(name);
      }
      at = end - 1;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > maxDepth) return { found: 'too-deep' };
      names[depth]?.clear();
    } else if ((code === 0x7d || code === 0x5d) && depth > 0) {
      depth -= 1;
    }
  }
  return undefined;
}

function unescaped(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal; // not JSON, as the parser will find
  }
}

/** Index after the closing quote. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

function isName(text: string, end: number): boolean {
  for (let at = end; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x20) return code === COLON;
  }
  return false;
}
