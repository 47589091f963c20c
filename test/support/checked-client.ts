import type { OperationSpec } from '../../apps/api/http/operation.js';
import { declaredCheck } from './declared.js';
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
  const check = declaredCheck();
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
    if (Object.keys(answer.body).length > 0) {
      const contentType = response.headers.get('content-type');
      check({ method, path, status: answer.status, contentType, body: answer.body });
    }
    return answer;
  };
}
