import { randomUUID } from 'node:crypto';
import '../../apps/api/controllers.js';
import '../../apps/api/gateway/operations.js';
import { openApiDocument } from '../../apps/api/http/openapi.js';
import type { Access, Role } from '../../apps/api/http/operation.js';
import { schemas } from '../../apps/api/schemas.js';

/** JSON Schema as the document has it for bodies. */
export interface BodySchema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly minItems?: number;
  readonly items?: BodySchema;
  readonly properties?: Readonly<Record<string, BodySchema>>;
  readonly required?: readonly string[];
  readonly $ref?: string;
}

export interface DescribedOperation {
  readonly id: string;
  readonly method: string;
  /** With {braces}. */
  readonly path: string;
  readonly access: Access;
  /** Those that may use it, as the document says; empty where no role is asked for. */
  readonly roles: readonly Role[];
  readonly queries: readonly string[];
  /** Absent: it takes no body. */
  readonly body?: BodySchema;
}

interface Described {
  readonly operationId: string;
  readonly 'x-access': Access;
  readonly 'x-roles'?: readonly Role[];
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: BodySchema }>> };
}

export const DOCUMENT = openApiDocument(schemas, '0.0.0') as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, BodySchema>> };
};

/** Every operation of every surface, as the OpenAPI document describes it. */
export const DESCRIBED: readonly DescribedOperation[] = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => {
    const schema = operation.requestBody?.content['application/json']?.schema;
    return {
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      access: operation['x-access'],
      roles: operation['x-roles'] ?? [],
      queries: operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
      ...(schema ? { body: resolved(schema) } : {}),
    };
  }),
);

function resolved(schema: BodySchema): BodySchema {
  return schema.$ref ? resolved(DOCUMENT.components.schemas[schema.$ref.split('/').at(-1)!]!) : schema;
}

/** The path with the given values, and identifiers of nothing for the others. */
export const pathOf = ({ path }: DescribedOperation, values: Readonly<Record<string, string>> = {}): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? randomUUID());

/** A value that the schema allows; of objects the required fields only. */
export function sample(schema: BodySchema): unknown {
  const { type, format, enum: choices, properties = {}, required = [], items } = resolved(schema);
  if (choices) return choices[0];
  switch (Array.isArray(type) ? type[0] : type) {
    case 'object':
      return Object.fromEntries(required.map((name) => [name, sample(properties[name]!)]));
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => sample(items ?? { type: 'string' }));
    case 'integer':
      return schema.minimum ?? 1;
    case 'boolean':
      return false;
    default:
      return text(format, schema);
  }
}

function text(format: string | undefined, { minLength = 1, pattern }: BodySchema): string {
  const known: Readonly<Record<string, string>> = {
    uuid: randomUUID(),
    email: 'sample@example.org',
    uri: 'https://example.org/sample',
    hostname: 'sample.example.org',
    'date-time': '2026-01-01T00:00:00Z',
  };
  if (format && known[format]) return known[format];
  const candidates = ['sample', 'sample.json', 'a'.repeat(64), 'sample'.repeat(minLength)];
  return candidates.find((one) => one.length >= minLength && (!pattern || new RegExp(pattern, 'u').test(one)))!;
}

/** A request body that the operation understands; undefined if it takes none. */
export const sampleBody = ({ body }: DescribedOperation): Readonly<Record<string, unknown>> | undefined =>
  body && (sample(body) as Readonly<Record<string, unknown>>);
