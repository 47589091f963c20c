import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { OPERATIONS, type OperationSpec } from '../../apps/api/http/operation.js';
import { openApiDocument } from '../../apps/api/http/openapi.js';
import { schemas } from '../../apps/api/schemas.js';
import type { TestServer } from './server.js';

/** What tests look for in answers: the members that most of them have are typed, others are as found. */
export interface Body {
  readonly id: string;
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly code: string;
  readonly invalid_parameters?: readonly { readonly field: string; readonly rule?: string }[];
  readonly [name: string]: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** An empty object if there is none. */
  readonly body: Body;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** null: none. Default: the administrator's. */
  readonly token?: string | null;
}

export type Call = (method: OperationSpec['method'], path: string, options?: CallOptions) => Promise<Answer>;

/**
 * Calls a test server and checks that every answer is one that the OpenAPI document declares for the operation: its status,
 * and its body against the schema.
 */
export function checkedClient(server: TestServer): Call {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (target: Ajv2020) => void)(ajv);
  const document = openApiDocument(schemas, '0.0.0');
  ajv.addSchema(document, 'api');

  function check(operation: OperationSpec, { status, body, headers }: Answer): void {
    const where = `${operation.id} ${status}`;
    const type = headers.get('content-type')?.split(';')[0];
    if (Object.keys(body).length === 0) return;
    const pointer = ['paths', operation.path, operation.method.toLowerCase(), 'responses', status, 'content', type];
    const text = pointer.map((part) => encodeURIComponent(String(part).replaceAll('/', '~1'))).join('/');
    const validate = ajv.getSchema(`api#/${text}/schema`);
    if (!validate) throw new Error(`${where}: not declared with ${type}: ${JSON.stringify(body)}`);
    if (!validate(body)) throw new Error(`${where}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`);
  }

  return async (method, path, { body, headers = {}, token = server.adminToken } = {}) => {
    const response = await fetch(server.url + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      body: JSON.parse(text || '{}') as Body,
    };
    check(operationOf(method, path), answer);
    return answer;
  };
}

function operationOf(method: string, path: string): OperationSpec {
  const bare = path.split('?')[0]!;
  const found = OPERATIONS.filter(
    (operation) =>
      operation.method === method && new RegExp(`^${operation.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  ).sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
  if (!found) throw new Error(`No operation answers ${method} ${bare}`);
  return found;
}
