import { parseJsonOrYaml } from './json-or-yaml.js';
import { isJsonObject, type JsonObject } from './path-items.js';
import { refused, type Result } from './problem.js';

/** Where the calls that a specification describes go. */
export interface Servers {
  /** Absolute http and https addresses with their variables filled in; no query, no fragment, no slash at the end. */
  readonly bases: readonly string[];
  /** Whether there are others, relative to wherever the document is read: they name no server. */
  readonly relative: boolean;
}

export type ServersResult = Result<Servers>;

/** Of one document; enumerations of several variables multiply. */
const MAX_BASES = 200;
/** Looked at, repeated ones included. */
const MAX_ADDRESSES = 5_000;
/** Names, IPv4 and IPv6 addresses, with a port or without: nothing that would end a token of an HTTP header. */
const HOST = /^(?:[a-z0-9_]([a-z0-9_-]*)(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::\d+)?$/;

/**
 * The servers that a specification lists for all of it, for a path or for an operation (OpenAPI 3.1, 4.8.5; OpenAPI 2.0,
 * host, basePath and schemes). A variable stands for each value of its enumeration, or else for its default.
 */
export function readServers(text: string): ServersResult {
  const tree = parseJsonOrYaml(text, '');
  if (!tree.ok) return tree;
  if (!isJsonObject(tree.root)) return refused('not_openapi', 'The specification must be an object');
  const addresses = new Set<string>();
  let looked = 0;
  for (const address of Object.hasOwn(tree.root, 'swagger') ? ofVersion2(tree.root) : ofVersion3(tree.root)) {
    if (addresses.size === MAX_BASES || ++looked > MAX_ADDRESSES) break;
    addresses.add(address);
  }
  const bases = [...addresses].map(baseOf);
  return {
    ok: true,
    bases: [...new Set(bases.filter((base) => base !== undefined))],
    relative: addresses.size === 0 || [...addresses].some((address) => !URL.canParse(address)),
  };
}

function* ofVersion2({ host, basePath, schemes }: JsonObject): Generator<string> {
  if (typeof host !== 'string') return;
  const path = typeof basePath === 'string' ? basePath : '';
  for (const scheme of Array.isArray(schemes) ? schemes : ['https']) yield `${scheme}://${host}${path}`;
}

function* ofVersion3(root: JsonObject): Generator<string> {
  yield* expanded(root['servers']);
  const { paths } = root;
  if (!isJsonObject(paths)) return;
  for (const item of Object.values(paths)) {
    if (!isJsonObject(item)) continue;
    yield* expanded(item['servers']);
    for (const operation of Object.values(item)) if (isJsonObject(operation)) yield* expanded(operation['servers']);
  }
}

function* expanded(servers: unknown): Generator<string> {
  if (!Array.isArray(servers)) return;
  for (const server of servers) {
    if (!isJsonObject(server) || typeof server['url'] !== 'string') continue;
    yield* fillIn(server['url'], isJsonObject(server['variables']) ? server['variables'] : {});
  }
}

/** The address with each value of its first variable, and so on with the others. */
function* fillIn(url: string, variables: JsonObject): Generator<string> {
  const match = /\{([^{}]*)\}/.exec(url);
  if (!match) return yield url;
  const [whole, name = ''] = match;
  for (const value of valuesOf(Object.hasOwn(variables, name) ? variables[name] : undefined)) {
    yield* fillIn(url.slice(0, match.index) + value + url.slice(match.index + whole.length), variables);
  }
}

function valuesOf(variable: unknown): readonly string[] {
  if (!isJsonObject(variable)) return [];
  const choices: readonly unknown[] = Array.isArray(variable['enum']) ? variable['enum'] : [variable['default']];
  // What a value brings in braces would be filled in again.
  return choices.map((value) => (typeof value === 'number' ? String(value) : value)).filter(isValue);
}

const isValue = (value: unknown): value is string => typeof value === 'string' && !/[{}]/.test(value);

function baseOf(address: string): string | undefined {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol) || !HOST.test(url.host)) return undefined;
  if (url.username || url.password || url.search || url.hash) return undefined;
  return url.origin + url.pathname.replace(/\/+$/, '');
}
