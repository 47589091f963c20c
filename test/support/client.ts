import { declaredCheck, type DeclaredCheck } from './declared.js';

/** An answer with its body read: JSON where it is JSON. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
  readonly text: string;
}

export interface Send {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestClient {
  send<T = Record<string, unknown>>(method: string, path: string, options?: Send): Promise<Answer<T>>;
  get<T = Record<string, unknown>>(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer<T>>;
  /** Sends a command and fails unless it is accepted; its answer. */
  command(name: string, body: object, headers?: Readonly<Record<string, string>>): Promise<CommandAnswer>;
}

export interface CommandAnswer {
  readonly command_id: string;
  readonly outcome: string;
  readonly result: Record<string, unknown> & { readonly id: string };
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
  readonly events: readonly { readonly id: string; readonly type: string }[];
}

let check: DeclaredCheck | undefined;

/**
 * A client of a server with a bearer token, or without any. Every JSON answer must be one that the OpenAPI document
 * declares.
 */
export function testClient(url: string, token?: string): TestClient {
  async function send<T>(method: string, path: string, { body, headers = {} }: Send = {}): Promise<Answer<T>> {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
    const { status, headers: found } = response;
    const answer: unknown = json ? JSON.parse(text) : undefined;
    if (json && (answer as { code?: string }).code !== 'no_such_command') {
      (check ??= declaredCheck())({ method, path, status, contentType: found.get('content-type'), body: answer });
    }
    return { status, headers: found, text, body: answer as T };
  }
  return {
    send,
    get: (path, headers) => send('GET', path, headers ? { headers } : {}),
    async command(name, body, headers) {
      const answer = await send<CommandAnswer>('POST', `/commands/${name}`, { body, ...(headers ? { headers } : {}) });
      if (answer.status !== 200) throw new Error(`${name} was answered ${answer.status}: ${answer.text}`);
      return answer.body;
    },
  };
}
