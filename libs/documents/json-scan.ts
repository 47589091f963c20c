/** What JSON.parse does not tell about the text that it accepted. */
export interface JsonScan {
  readonly deepest: number;
  /** Where the first repeated name of an object is. */
  readonly duplicateAt?: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** Scans valid JSON (RFC 8259) once; stops at the first repeated name, which JSON.parse would silently let win. */
export function scanJson(text: string): JsonScan {
  const names: Set<string>[] = [];
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (isName(text, end)) {
        const raw = text.slice(at, end);
        const name = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
        const known = (names[depth] ??= new Set());
        if (known.has(name)) return { deepest, duplicateAt: at };
        known.add(name);
      }
      at = end - 1;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
      names[depth]?.clear();
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
    }
  }
  return { deepest };
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
