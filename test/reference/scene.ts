import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { commandsOf, type Send } from '../support/commands.js';
import { approvedDeveloper, signIn } from '../support/developers.js';
import type { TestServer } from '../support/server.js';

export interface ApiCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An API that a test calls; what it is asked is in `calls`. */
export interface TestApi {
  readonly url: string;
  readonly calls: ApiCall[];
  close(): Promise<void>;
}

export async function startApi(
  answer: (call: ApiCall, response: ServerResponse) => void = (call, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ called: call.url }));
  },
): Promise<TestApi> {
  const calls: ApiCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const call = { method, url, headers, body: Buffer.concat(chunks).toString() };
      calls.push(call);
      answer(call, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** An OpenAPI description with the given servers and an operation or two. */
export const description = (...servers: readonly string[]): object => ({
  openapi: '3.1.0',
  info: { title: 'Pets', version: '1' },
  servers: servers.map((url) => ({ url })),
  paths: {
    '/pets': {
      get: { operationId: 'listPets', summary: 'List pets', responses: { 200: { description: 'Pets.' } } },
      post: {
        operationId: 'addPet',
        summary: 'Add a pet',
        requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
        responses: { 201: { description: 'Added.' } },
      },
    },
  },
});

export interface ReferenceScene {
  readonly send: Send;
  readonly portal: string;
  readonly strategy: string;
  readonly product: string;
  readonly version: string;
  readonly ada: string;
  /** Ada's, approved for the version. */
  readonly application: string;
  /** Ada's Cookie header. */
  readonly cookie: string;
  /** `/reference/{product}/{version}` */
  readonly path: string;
}

/** A portal with a version whose description is given as text, and a developer whose application may use it. */
export async function referenceScene(server: TestServer, text: string, name = 'pets.json'): Promise<ReferenceScene> {
  const send = commandsOf(server);
  const { id: strategy } = await send('CreateAuthStrategy', {
    ...{ name: 'keys', display_name: 'API keys', strategy_type: 'key_auth' },
    configs: { 'key-auth': { key_names: ['x-api-key', 'apikey'] } },
  });
  const { id: portal } = await send('CreatePortal', {
    name: 'pets',
    default_application_auth_strategy_id: strategy,
  });
  const { id: product } = await send('CreateProduct', { name: 'Pets & <others>', portal_ids: [portal] });
  const version = await publishedVersion(server, { portal, product, strategy }, text, name);
  const { id: ada, email } = await approvedDeveloper(server, send, portal, 'ada@example.org');
  const application = await allowedApplication(send, ada, strategy, version, 'Fleet');
  const cookie = await signIn(server, { email });
  const path = `/reference/${product}/${version}`;
  return { send, portal, strategy, product, version, ada, application, cookie, path };
}

export async function publishedVersion(
  server: TestServer,
  place: Pick<ReferenceScene, 'portal' | 'product' | 'strategy'>,
  text: string,
  name = 'pets.json',
): Promise<string> {
  const send = commandsOf(server);
  const { id } = await send('AddProductVersion', { product_id: place.product, name: `v${text.length}` });
  const response = await fetch(`${server.url}/v2/api-products/${place.product}/product-versions/${id}/specifications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, content: Buffer.from(text).toString('base64') }),
  });
  if (response.status !== 201) throw new Error(`The description was refused: ${await response.text()}`);
  await send('PublishProductVersion', {
    ...{ product_id: place.product, product_version_id: id, portal_id: place.portal },
    auth_strategy_ids: [place.strategy],
    ...{ application_registration_enabled: true, auto_approve_registration: true },
  });
  return id;
}

export async function allowedApplication(
  send: Send,
  developer_id: string,
  auth_strategy_id: string,
  product_version_id: string,
  name: string,
): Promise<string> {
  const { id: application_id } = await send('CreateApplication', { developer_id, name, auth_strategy_id });
  await send('RequestAccess', { application_id, product_version_id });
  return application_id;
}
