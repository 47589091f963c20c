import { isScalar, parseDocument, visit, type Document } from 'yaml';
import { scanJson } from './json-scan.js';
import { refused, type Refused, type Result } from './problem.js';

/** Objects and arrays within one another; real specifications stay under 50. */
const MAX_DEPTH = 200;
/** Uses of one YAML anchor, nested ones multiplied: far above what people write, far below what bombs need. */
const MAX_ALIASES = 1_000;
/** Parsing YAML takes fifty times its size in memory; JSON may be as large as any content. */
const MAX_YAML_CHARACTERS = 8 * 1024 * 1024;

export type Tree = Result<{ root: unknown }>;

/**
 * Parses JSON (RFC 8259) or YAML 1.2 (with merge keys) into plain values; refuses repeated keys, bombs and deep nesting.
 * JSON goes through JSON.parse, many times faster than a YAML parser; what begins like JSON but is not is tried as YAML,
 * whose flow style looks alike, unless `name` ends in .json.
 */
export function parseJsonOrYaml(text: string, name: string): Tree {
  const yamlIsPossible = text.length <= MAX_YAML_CHARACTERS && !/\.json$/i.test(name);
  if (/^\s*[{[]/.test(text)) {
    const tree = parseJson(text);
    if (tree.ok || tree.problem.code !== 'not_json_or_yaml' || !yamlIsPossible) return tree;
  }
  return parseYaml(text);
}

function parseJson(text: string): Tree {
  const finding = scanJson(text, { maxDepth: MAX_DEPTH });
  if (finding?.found === 'too-deep') return tooDeep();
  try {
    const root: unknown = JSON.parse(text);
    return finding?.found === 'repeated-name' ? duplicateKey(lineAt(text, finding.at)) : { ok: true, root };
  } catch (error) {
    return notJson(text, error as SyntaxError);
  }
}

/** The engine's message quotes the text, and names the place only sometimes: nothing but the place is taken from it. */
function notJson(text: string, { message }: SyntaxError): Refused {
  const place = /position (\d+)/.exec(message)?.[1] ?? (/end of JSON/.test(message) ? text.length : undefined);
  if (place === undefined) return refused('not_json_or_yaml', 'The text is not valid JSON: check it with a JSON tool');
  const line = lineAt(text, Number(place));
  return refused('not_json_or_yaml', `The text is not valid JSON: correct line ${line}`, { line });
}

function parseYaml(text: string): Tree {
  if (text.length > MAX_YAML_CHARACTERS) {
    return refused('too_large', `YAML may have at most ${MAX_YAML_CHARACTERS} characters (8 MB): send it as JSON`);
  }
  // The library's own check of repeated keys compares each pair of keys: too slow for large maps.
  const document = parseDocument(text, { uniqueKeys: false, merge: true, prettyErrors: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error?.code === 'RESOURCE_EXHAUSTION') return tooDeep();
  if (error) {
    const line = lineAt(text, error.pos[0]);
    return refused('not_json_or_yaml', `The text is neither valid JSON nor valid YAML: correct line ${line}`, { line });
  }
  try {
    const repeated = repeatedKey(document);
    if (repeated !== undefined) return duplicateKey(lineAt(text, repeated));
    const root: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return isDeeper(root, MAX_DEPTH) ? tooDeep() : { ok: true, root };
  } catch (error) {
    return unresolvable(error as Error);
  }
}

/** The YAML library throws what it finds only when it makes plain values. */
function unresolvable(error: Error): Refused {
  if (error instanceof RangeError) return tooDeep();
  if (error.message.startsWith('Excessive alias count')) {
    return refused(
      'too_many_aliases',
      `YAML aliases (*name) are used more than ${MAX_ALIASES} times: write the values out`,
    );
  }
  return refused(
    'not_json_or_yaml',
    'A YAML alias (*name), merge key (<<) or tag leads to nothing: write the value out',
  );
}

/** Offset of the first key that its map has already. */
function repeatedKey(document: Document): number | undefined {
  let found: number | undefined;
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (keys.has(name) && name !== '<<') {
          found = key.range?.[0] ?? 0;
          return visit.BREAK;
        }
        keys.add(name);
      }
      return undefined;
    },
  });
  return found;
}

/** Level by level; what an alias shares or closes to a circle is looked at once. */
function isDeeper(root: unknown, limit: number): boolean {
  const seen = new Set<object>();
  let level = [root].filter(isObject);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === limit) return true;
    const next: object[] = [];
    for (const parent of level) {
      for (const child of Object.values(parent)) {
        if (!isObject(child) || seen.has(child)) continue;
        seen.add(child);
        next.push(child);
      }
    }
    level = next;
  }
  return false;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const tooDeep = (): Refused =>
  refused('too_deep', `Objects and arrays are nested more than ${MAX_DEPTH} deep: flatten the specification`);

const duplicateKey = (line: number): Refused =>
  refused('duplicate_key', `A key appears twice in one object: remove one of them, see line ${line}`, { line });

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
