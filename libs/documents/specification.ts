import { parseJsonOrYaml } from './json-or-yaml.js';
import { isText, MAX_OPERATIONS, METHODS, type Operation } from './operations.js';
import { isJsonObject, pointerSegment, resolvePathItem, type JsonObject } from './path-items.js';
import { refused, type Refused, type Result } from './problem.js';

export interface Specification {
  /** Of OpenAPI: `2.0`, `3.0.x` or `3.1.x`. */
  readonly version: string;
  readonly title: string;
  /** In the order of the document. */
  readonly operations: readonly Operation[];
}

export type SpecificationResult = Result<Specification>;

/** Texts of all operations together. References and aliases can multiply a small file: this is what stops them. */
const MAX_LISTING_CHARACTERS = 8 * 1024 * 1024;

/**
 * Reads a specification (OpenAPI 2.0, 3.0 or 3.1; JSON or YAML) as far as Gatehouse needs it: that it is one, and its
 * operations. Schemas are not looked at, so that they may refer to themselves.
 * @param name file name; only its ending matters
 */
export function parseSpecification(text: string, { name }: { readonly name: string }): SpecificationResult {
  const tree = parseJsonOrYaml(text, name);
  if (!tree.ok) return tree;
  const { root } = tree;
  if (!isJsonObject(root)) return notOpenApi('The specification must be an object', '');
  const found = openApiVersion(root);
  if (!found.ok) return found;
  const { version } = found;
  const info = root['info'];
  const title = isJsonObject(info) ? info['title'] : undefined;
  if (typeof title !== 'string') return notOpenApi('info.title is required and must be a text', '/info/title');
  const listed = listOperations(root, version);
  return listed.ok ? { ok: true, version, title, operations: listed.operations } : listed;
}

/** OpenAPI 2.0 "Swagger Object"; 3.x "OpenAPI Object". */
function openApiVersion(root: JsonObject): Result<{ version: string }> {
  const field = Object.hasOwn(root, 'swagger') ? 'swagger' : 'openapi';
  const version = root[field];
  if (version === undefined) return notOpenApi('The field openapi (or swagger) with the version is missing', '');
  if (typeof version !== 'string') return notOpenApi(`${field} must be a text: put the version in quotes`, `/${field}`);
  const known = field === 'swagger' ? /^2\.0$/ : /^3\.[01]\.\d+(-[\w.]+)?$/;
  if (known.test(version)) return { ok: true, version };
  const message = 'Only OpenAPI 2.0, 3.0 and 3.1 are supported: convert the specification to one of them';
  return refused('unsupported_version', message, { pointer: `/${field}` });
}

function listOperations(root: JsonObject, version: string): Result<{ operations: readonly Operation[] }> {
  const paths = root['paths'];
  // OpenAPI 3.1 has specifications of webhooks or components alone.
  if (paths === undefined && version.startsWith('3.1')) return { ok: true, operations: [] };
  if (!isJsonObject(paths)) return notOpenApi('paths is required and must be an object', '/paths');
  const operations: Operation[] = [];
  let characters = 0;
  for (const [path, item] of Object.entries(paths)) {
    if (path.startsWith('x-')) continue;
    const pointer = `/paths/${pointerSegment(path)}`;
    if (item === null) continue; // an empty path item, as YAML writes it
    if (!isJsonObject(item)) return notOpenApi('A path item must be an object', pointer);
    const resolved = resolvePathItem(root, item, pointer);
    if (!resolved.ok) return resolved;
    for (const [method, operation] of Object.entries(resolved.item)) {
      if (!METHODS.has(method)) continue;
      if (!isJsonObject(operation)) return notOpenApi('An operation must be an object', `${pointer}/${method}`);
      const line = describe(path, method, operation);
      characters += sizeOf(line);
      if (operations.length === MAX_OPERATIONS || characters > MAX_LISTING_CHARACTERS) return tooLarge();
      operations.push(line);
    }
  }
  return { ok: true, operations };
}

function describe(path: string, method: string, operation: JsonObject): Operation {
  const { operationId, tags, summary, deprecated } = operation;
  return {
    path,
    method,
    operation_id: typeof operationId === 'string' ? operationId : null,
    tags: Array.isArray(tags) ? tags.filter(isText) : [],
    summary: typeof summary === 'string' ? summary : null,
    deprecated: deprecated === true,
  };
}

const sizeOf = ({ path, operation_id, tags, summary }: Operation): number =>
  [path, operation_id, summary, ...tags].reduce((sum, text) => sum + (text?.length ?? 0) + 3, 0);

const notOpenApi = (message: string, pointer: string): Refused =>
  refused('not_openapi', `${message}; see the OpenAPI specification`, { pointer });

const tooLarge = (): Refused =>
  refused('too_large', `The specification lists more than ${MAX_OPERATIONS} operations, or 8 MB of them: split it`);
