import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

/** Fields that answers have beyond a schema that is closed (`additionalProperties: false`). */
export interface Superset {
  /** JSON pointer of the closed schema. */
  readonly schema: string;
  readonly fields: readonly string[];
  readonly reason: string;
}

/** Answers that the document does not declare although nothing else could be answered. */
export interface Undeclared {
  readonly operation: string;
  readonly status: number;
  /** Default: application/problem+json. */
  readonly contentType?: string;
  readonly reason: string;
}

export interface PublishedAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  /** Parsed if it is JSON; empty string or undefined if there is none. */
  readonly body: unknown;
}

export interface PublishedOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly statuses: readonly number[];
}

export interface PublishedSpec {
  readonly operations: readonly PublishedOperation[];
  /** Schema and field of each superset entry that an answer has needed. */
  readonly needed: ReadonlySet<string>;
  operationOf(method: string, path: string): PublishedOperation;
  /** @throws Error unless the operation declares the status, the media type and this body */
  check(operation: PublishedOperation, answer: PublishedAnswer): void;
}

export interface PublishedSpecOptions {
  readonly supersets?: readonly Superset[];
  readonly undeclared?: readonly Undeclared[];
  /** Goes before its paths. */
  readonly prefix?: string;
}

type Node = Record<string, unknown>;
type Document = { readonly paths: Record<string, Node>; readonly components?: Node };

/** An OpenAPI 3.0 document as somebody else published it, to hold answers against. */
export function publishedSpec(
  file: string,
  { supersets = [], undeclared = [], prefix = '' }: PublishedSpecOptions = {},
): PublishedSpec {
  const source = parse(readFileSync(file, 'utf8'), { maxAliasCount: -1 }) as Document;
  for (const { schema, fields } of supersets) open(at(source, schema), fields);
  const document = toJsonSchema(source) as Document;
  const ajv = new Ajv2020({ strict: false, allErrors: true, unicodeRegExp: false });
  (addFormats as unknown as (target: Ajv2020) => void)(ajv);
  ajv.addSchema(document, 'spec');
  const operations = listOperations(document, prefix);
  const needed = new Set<string>();

  function check(operation: PublishedOperation, { status, contentType, body }: PublishedAnswer): void {
    const where = `${operation.id} ${status}`;
    const type = contentType?.split(';')[0]!.trim().toLowerCase();
    if (
      undeclared.some(
        (one) =>
          one.operation === operation.id &&
          one.status === status &&
          type === (one.contentType ?? 'application/problem+json'),
      )
    )
      return;
    const pointer = ['paths', operation.path.slice(prefix.length), operation.method.toLowerCase(), 'responses', status];
    const responses = at(document, pointerOf(...pointer.slice(0, -1)));
    if (!(String(status) in responses)) throw new Error(`${where} is not declared: ${JSON.stringify(body)}`);
    const target = followed(document, pointerOf(...pointer));
    const content = (at(document, target)['content'] ?? {}) as Node;
    if (body === undefined || body === '') {
      if (Object.keys(content).length > 0 && status !== 204)
        throw new Error(`${where}: an answer without a body, but ${Object.keys(content).join()} is declared`);
      return;
    }
    if (type === undefined || !(type in content)) {
      throw new Error(`${where}: ${type} is not declared, but ${Object.keys(content).join() || 'no body'}`);
    }
    if (!('schema' in (content[type] as Node))) return;
    const validate = ajv.getSchema(
      `spec${encodeFragment(`${target}${pointerOf('content', type, 'schema').slice(1)}`)}`,
    )!;
    if (!validate(body)) {
      throw new Error(`${where}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)?.slice(0, 2000)}`);
    }
    note(body);
  }

  /** Remembers which of the fields that were let through are there at all. */
  function note(body: unknown): void {
    if (typeof body !== 'object' || body === null) return;
    for (const [key, value] of Object.entries(body)) {
      for (const { schema, fields } of supersets) if (fields.includes(key)) needed.add(`${schema} ${key}`);
      note(value);
    }
  }

  return {
    operations,
    needed,
    check,
    operationOf(method, path) {
      const fits = operations.filter(
        (operation) =>
          operation.method === method.toUpperCase() &&
          new RegExp(`^${operation.path.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path),
      );
      const [best] = fits.sort((a, b) => a.path.split('{').length - b.path.split('{').length);
      if (!best) throw new Error(`The document has no operation for ${method} ${path}`);
      return best;
    },
  };
}

function listOperations({ paths }: Document, prefix: string): PublishedOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) => {
      const { operationId, responses } = operation as { operationId?: string; responses?: Node };
      if (operationId === undefined) return [];
      const statuses = Object.keys(responses ?? {}).map(Number);
      return [{ id: operationId, method: method.toUpperCase(), path: prefix + path, statuses }];
    }),
  );
}

function open(schema: Node, fields: readonly string[]): void {
  const properties = schema['properties'] as Node;
  for (const field of fields) properties[field] ??= {};
}

/**
 * JSON Schema 2020-12 from the dialect of OpenAPI 3.0: what may be null says so by `nullable`, a reference hides what stands
 * beside it, and of the alternatives that a discriminator tells apart each pins its own value.
 */
function toJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toJsonSchema);
  if (typeof node !== 'object' || node === null) return node;
  if (typeof (node as Node)['$ref'] === 'string') return { $ref: (node as Node)['$ref'] };
  const { nullable, discriminator, ...rest } = node as Node;
  const schema = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, toJsonSchema(value)]));
  if (discriminator !== undefined && Array.isArray(schema['oneOf'])) {
    schema['anyOf'] = schema['oneOf'];
    delete schema['oneOf'];
  }
  if (nullable !== undefined && typeof nullable !== 'boolean') schema['nullable'] = toJsonSchema(nullable);
  return nullable === true ? { anyOf: [{ type: 'null' }, schema] } : schema;
}

const pointerOf = (...parts: readonly (string | number)[]): string =>
  `#/${parts.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;

const encodeFragment = (pointer: string): string => `#${pointer.slice(1).split('/').map(encodeURIComponent).join('/')}`;

function at(document: object, pointer: string): Node {
  let node: unknown = document;
  for (const part of pointer.slice(2).split('/')) {
    node = (node as Node | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  if (typeof node !== 'object' || node === null) throw new Error(`The document has nothing at ${pointer}`);
  return node as Node;
}

function followed(document: object, pointer: string): string {
  const { $ref } = at(document, pointer);
  return typeof $ref === 'string' ? followed(document, $ref) : pointer;
}
