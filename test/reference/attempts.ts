import type { TestServer } from '../support/server.js';
import type { ReferenceScene, TestApi } from './scene.js';

/** What the proxy answered. */
export interface Tried {
  readonly status: number;
  readonly code: string | undefined;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & { readonly headers: [string, string][]; readonly body: string };
}

/** How a call differs from a good one of Ada's. */
export interface Attempt {
  readonly call?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly at?: string;
}

export interface Given {
  readonly server: TestServer;
  readonly scene: ReferenceScene;
  readonly api: TestApi;
}

export async function attemptCall({ server, scene, api }: Given, tried: Attempt = {}): Promise<Tried> {
  const { call = {}, headers = {}, path = scene.path, at = server.url } = tried;
  const good = { application_id: scene.application, method: 'GET', url: `${api.url}/v1/pets`, headers: [] };
  const response = await fetch(at + path.replace('/reference/', '/reference/proxy/'), {
    method: 'POST',
    headers: { cookie: scene.cookie, origin: at, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ ...good, ...call }),
  });
  const body = (await response.json()) as Tried['body'];
  return { status: response.status, code: body['code'] as string | undefined, headers: response.headers, body };
}

/** Status and code of a call that must not have reached the API. */
export async function refusedCall(given: Given, tried: Attempt): Promise<[number, string | undefined]> {
  const { status, code } = await attemptCall(given, tried);
  expect(given.api.calls).toEqual([]);
  return [status, code];
}
