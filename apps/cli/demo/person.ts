/** Somebody who calls the server: with cookies like a browser, or with a bearer token. */
export interface Person {
  readonly name: string;
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
}

export interface SendOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  /** Parsed JSON, text of another kind, or undefined for an empty body. */
  readonly body: unknown;
  readonly headers: Headers;
}

/** A person at a browser: keeps cookies by name. */
export function browser(name: string, url: string): Person {
  const cookies = new Map<string, string>();
  return {
    name,
    async send(method, path, options = {}) {
      const cookie = [...cookies].map(([key, value]) => `${key}=${value}`).join('; ');
      const answer = await request(url, method, path, {
        ...options,
        headers: { ...(cookie ? { cookie } : {}), ...options.headers },
      });
      for (const line of answer.headers.getSetCookie()) {
        const [, key, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        if (value === '') cookies.delete(key!);
        else cookies.set(key!, value!);
      }
      return answer;
    },
  };
}

/** Somebody with a bearer token. */
export const tokenHolder = (name: string, url: string, token: string): Person => ({
  name,
  send: (method, path, options = {}) =>
    request(url, method, path, { ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } }),
});

async function request(
  url: string,
  method: string,
  path: string,
  { body, headers = {} }: SendOptions,
): Promise<Answer> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : json ? JSON.parse(text) : text,
  };
}
