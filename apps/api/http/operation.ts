import { applyDecorators, Delete, Get, HttpCode, Patch, Post, Put, SetMetadata } from '@nestjs/common';
import { ROLES, type Role } from '#domain/core/roles.js';
import type { CommandClass } from '#domain/core/command.js';

export const OPERATION = Symbol('operation');

export { ROLES, type Role };

/**
 * Who may call an operation.
 * Portal API (cookie; the Host header picks the portal): `public` anyone · `optional` anyone on a public portal, else a
 * developer · `developer` an approved developer on a private portal · `cookie` reads or clears cookies itself.
 * Elsewhere: `open` anyone, no portal · a role: a bearer token that has it, or one that roles.ts
 * permits it to.
 */
export type Access = 'public' | 'optional' | 'developer' | 'cookie' | 'open' | { readonly role: Role };

/** JSON Schema 2020-12, as OpenAPI 3.1 uses it. `{$ref: '#/components/schemas/X'}` through ref('X'). */
export type Schema = Readonly<Record<string, unknown>>;

export interface QueryParameter {
  readonly description: string;
  readonly schema: Schema;
}

export interface BodySpec {
  readonly class: CommandClass;
  /** Only these fields come from the body; the class is validated when the command is sent, with what path and session add. */
  readonly fields?: readonly string[];
  /** Fields that must be in the body although the class has them optional. */
  readonly required?: readonly string[];
  /** The body may be left out. */
  readonly optional?: boolean;
  /** Replaces the schema derived from the class. */
  readonly schema?: Schema;
  /** Specifications and documents: up to 24 MB of body. */
  readonly large?: boolean;
}

export interface ResponseSpec {
  readonly description: string;
  /** Absent: no body. */
  readonly schema?: Schema;
  readonly contentType?: string;
  /** Other media types of the same thing, which the Accept header may choose. */
  readonly alternatives?: Readonly<Record<string, Schema>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OperationSpec {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With {braces} for parameters, as in OpenAPI. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  /** Every query parameter that is understood; any other is refused. 'any': not looked at. */
  readonly query?: Readonly<Record<string, QueryParameter>> | 'any';
  readonly body?: BodySpec;
  /** The first 2xx is the default answer. Error statuses need only their numbers: see `errors`. */
  readonly responses: Readonly<Record<number, ResponseSpec>>;
  /** Declared error statuses; on the portal API a refusal never uses another. */
  readonly errors: readonly number[];
  /** Path parameters that are not UUIDs, with their descriptions. */
  readonly freeParams?: Readonly<Record<string, string>>;
  /** The answer is not JSON or is written by the controller itself; no ETag is made. */
  readonly raw?: boolean;
  /** The answer follows from the command's outcome alone: a repeat renders it again from the receipt, and none is kept. */
  readonly fromOutcome?: boolean;
}

const METHODS = { GET: Get, POST: Post, PUT: Put, PATCH: Patch, DELETE: Delete };

/** All operations that controllers declare, in order of loading: the OpenAPI document and the tests are made from it. */
export const OPERATIONS: OperationSpec[] = [];

export const successStatus = (spec: OperationSpec): number =>
  Number(Object.keys(spec.responses).find((status) => status.startsWith('2')) ?? 200);

/** Makes an operation known. Only for routes that no controller serves; controllers use @Operation. */
export function declareOperation(spec: OperationSpec): OperationSpec {
  if (OPERATIONS.some((other) => other.id === spec.id)) throw new Error(`Duplicate operation id: ${spec.id}`);
  OPERATIONS.push(spec);
  return spec;
}

/** Declares a controller method as an API operation: route, access, what it takes and answers; one place for all of it. */
export function Operation(spec: OperationSpec): MethodDecorator {
  declareOperation(spec);
  return applyDecorators(
    SetMetadata(OPERATION, spec),
    METHODS[spec.method](spec.path.replace(/\{(\w+)\}/g, ':$1')),
    HttpCode(successStatus(spec)),
  );
}

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
