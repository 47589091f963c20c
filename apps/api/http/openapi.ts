import { schemaOf } from './json-schema.js';
import { rolesFor } from './roles.js';
import { OPERATIONS, type BodySpec, type OperationSpec, type ResponseSpec, type Schema } from './operation.js';

const ERROR_WORDS: Readonly<Record<number, string>> = {
  400: 'The request cannot be understood; invalid_parameters names the fields.',
  401: 'Not signed in, or no valid token.',
  403: 'The token has not the role that this needs, or the call came from a foreign page.',
  404: 'It does not exist, or not for this caller.',
  409: 'Not possible in the present state.',
  410: 'Its time is over.',
  412: 'Changed since the revision in If-Match.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  422: 'The Idempotency-Key was used for another request; or not available here.',
  429: 'Too many attempts; Retry-After says when to try again.',
  502: 'The API that is called cannot be reached, or its answer cannot be shown.',
  503: 'An engine is not available; Retry-After says when to try again.',
  504: 'The API that is called did not answer in time.',
};

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const PROBLEM_CONTENT = { 'application/problem+json': { schema: ref('Problem') } };

const COMMON_SCHEMAS: Readonly<Record<string, Schema>> = {
  Problem: {
    type: 'object',
    description: 'Problem details (RFC 9457).',
    required: ['type', 'status', 'title', 'detail', 'instance', 'code'],
    properties: {
      type: { type: 'string', format: 'uri' },
      status: { type: 'integer' },
      title: { type: 'string' },
      detail: { type: 'string' },
      message: { type: 'string', description: 'The detail again, for clients that show this.' },
      instance: { type: 'string', description: 'Names the request; quote it when you report a problem.' },
      code: { type: 'string', description: 'Stable.' },
      field: { type: 'string' },
      possible: { type: 'array', items: { type: 'string' }, description: 'Commands that are possible instead.' },
      invalid_parameters: { type: 'array', minItems: 1, items: ref('InvalidParameter') },
    },
  },
  InvalidParameter: {
    type: 'object',
    required: ['field', 'reason'],
    properties: {
      field: { type: 'string' },
      reason: { type: 'string' },
      rule: { type: 'string' },
      source: { enum: ['body', 'query', 'path', 'header'] },
      minimum: { type: 'integer' },
      maximum: { type: 'integer' },
      choices: { type: 'array' },
    },
  },
  PageMeta: {
    type: 'object',
    required: ['page'],
    properties: {
      page: {
        type: 'object',
        required: ['number', 'size', 'total'],
        properties: { number: { type: 'integer' }, size: { type: 'integer' }, total: { type: 'integer' } },
      },
    },
  },
};

/** A list answer of the Kong-compatible surfaces. */
export const pageOf = (item: Schema): Schema => ({
  type: 'object',
  required: ['data', 'meta'],
  properties: { data: { type: 'array', items: item }, meta: ref('PageMeta') },
});

/** The OpenAPI 3.1 document of every declared operation. `schemas`: the components that operations refer to. */
export function openApiDocument(
  schemas: Readonly<Record<string, Schema>>,
  version: string,
  operations = OPERATIONS,
): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse',
      version,
      description: 'A developer-portal back end: portal API, management API, commands, audit, feed and gateway check.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...COMMON_SCHEMAS, ...schemas },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'The admin token, or a token with the role that the operation names.',
        },
        portalSession: { type: 'apiKey', in: 'cookie', name: 'portalaccesstoken' },
      },
    },
  };
}

function describe(operation: OperationSpec): object {
  const errors = new Set<number>([
    ...operation.errors,
    ...(operation.method === 'GET' ? [] : [412, 422]),
    // Whether a token is good may not be known just now.
    ...(typeof operation.access === 'object' ? [503] : []),
  ]);
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description ? { description: operation.description } : {}),
    'x-access': operation.access,
    ...(typeof operation.access === 'object' ? { 'x-roles': rolesFor(operation) } : {}),
    security: security(operation),
    parameters: parameters(operation),
    ...(operation.body ? { requestBody: requestBody(operation.body) } : {}),
    responses: {
      ...Object.fromEntries(Object.entries(operation.responses).map(([status, spec]) => [status, response(spec)])),
      ...Object.fromEntries(
        [...errors]
          .sort()
          .map((status) => [status, { description: ERROR_WORDS[status] ?? 'Refused.', content: PROBLEM_CONTENT }]),
      ),
    },
  };
}

function security(operation: OperationSpec): object[] {
  const { access } = operation;
  if (typeof access === 'object') return [{ bearer: rolesFor(operation) }];
  if (access === 'developer') return [{ portalSession: [] }];
  return access === 'optional' ? [{ portalSession: [] }, {}] : [];
}

function parameters(operation: OperationSpec): object[] {
  const path = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    ...(operation.freeParams?.[name!] ? { description: operation.freeParams[name!] } : {}),
    schema: operation.freeParams?.[name!] ? { type: 'string' } : { type: 'string', format: 'uuid' },
  }));
  const query = operation.query === 'any' ? {} : (operation.query ?? {});
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  return [
    ...path,
    ...Object.entries(query).map(([name, { description, schema }]) => ({
      name,
      in: 'query',
      required: false,
      description,
      schema,
    })),
    ...(operation.method === 'GET'
      ? [header('Gatehouse-At-Least', 'Answer from views that have reached this position.')]
      : [
          header('Idempotency-Key', 'A repeat with the same key gets the first answer again, for 24 hours.'),
          header('If-Match', 'The ETag of the last answer: refused with 412 if it was changed since.'),
          ...(typeof operation.access === 'object'
            ? [header('X-Gatehouse-Reason', 'Why; percent-encoded UTF-8, up to 1,000 characters. Kept with the event.')]
            : []),
        ]),
  ];
}

const requestBody = (body: BodySpec): object => ({
  required: !body.optional,
  content: { 'application/json': { schema: body.schema ?? schemaOf(body.class, body.fields, body.required) } },
});

function response(spec: ResponseSpec): object {
  return {
    description: spec.description,
    ...(spec.schema ? { content: content(spec.schema, spec) } : {}),
    ...(spec.headers
      ? {
          headers: Object.fromEntries(
            Object.entries(spec.headers).map(([name, description]) => [
              name,
              { description, schema: { type: 'string' } },
            ]),
          ),
        }
      : {}),
  };
}

const content = (schema: Schema, { contentType = 'application/json', alternatives = {} }: ResponseSpec): object =>
  Object.fromEntries(
    Object.entries({ [contentType]: schema, ...alternatives }).map(([type, each]) => [type, { schema: each }]),
  );
