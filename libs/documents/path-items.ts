import { refused, type Result } from './problem.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Path items that lead to one another; nobody needs a second hop. */
const MAX_HOPS = 20;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One segment of a JSON Pointer, escaped (RFC 6901 section 3). */
export const pointerSegment = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/**
 * A path item with its `$ref` followed within the specification; fields beside the `$ref` win. References to other
 * documents are left alone: nothing is ever fetched.
 */
export function resolvePathItem(root: JsonObject, item: JsonObject, pointer: string): Result<{ item: JsonObject }> {
  let current = item;
  let merged = item;
  const seen = new Set<string>();
  for (;;) {
    const ref = current['$ref'];
    if (typeof ref !== 'string' || !ref.startsWith('#')) return { ok: true, item: merged };
    if (seen.has(ref) || seen.size === MAX_HOPS) {
      return refused('cyclic_ref', `The $ref at ${pointer} leads in a circle: let it end at a path item`, { pointer });
    }
    seen.add(ref);
    const target = lookUp(root, ref);
    if (!isJsonObject(target)) {
      return refused('unresolved_ref', `The $ref at ${pointer} leads to no path item: correct it`, { pointer });
    }
    merged = { ...target, ...merged };
    current = target;
  }
}

/** The value at a URI fragment `#/a/b` (RFC 6901 section 6), own properties only. */
function lookUp(root: unknown, ref: string): unknown {
  let path: string;
  try {
    path = decodeURIComponent(ref.slice(1));
  } catch {
    return undefined;
  }
  let value = root;
  for (const segment of path.split('/').slice(1)) {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as JsonObject)[name];
  }
  return value;
}
