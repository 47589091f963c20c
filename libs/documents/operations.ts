import { isJsonObject } from './path-items.js';

/** One line of a specification's table of contents, in the shape of the portal API's spec/operations. */
export interface Operation {
  readonly path: string;
  /** Lower case. */
  readonly method: string;
  readonly operation_id: string | null;
  readonly tags: readonly string[];
  readonly summary: string | null;
  readonly deprecated: boolean;
}

export const METHODS: ReadonlySet<string> = new Set([
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
]);
export const MAX_OPERATIONS = 20_000;

/** The list of operations that a text holds as JSON, as parseSpecification makes it; undefined if it holds none. */
export function readOperations(text: string): readonly Operation[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.length <= MAX_OPERATIONS && list.every(isOperation) ? list : undefined;
  } catch {
    return undefined;
  }
}

export const isText = (value: unknown): value is string => typeof value === 'string';

const isOperation = (value: unknown): value is Operation =>
  isJsonObject(value) &&
  isText(value['path']) &&
  METHODS.has(value['method'] as string) &&
  [value['operation_id'], value['summary']].every((text) => text === null || isText(text)) &&
  Array.isArray(value['tags']) &&
  value['tags'].every(isText) &&
  typeof value['deprecated'] === 'boolean';
