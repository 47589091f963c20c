import { connect, type Socket } from 'node:net';
import { LARGE_BODIES } from '../../apps/api/http/admission.js';
import { commandsOf } from '../support/commands.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let path: string;

beforeAll(async () => {
  server = await startTestServer();
  const { id } = await commandsOf(server)('CreateProduct', { name: 'Uploads' });
  path = `/v2/api-products/${id}/documents`;
});
afterAll(() => server.stop());

const JSON_TYPE = { 'content-type': 'application/json' };

describe('a body', () => {
  it.each([
    ['without a token', {}, 401],
    ['with a token that is not known', { authorization: 'Bearer nobody' }, 401],
  ])('%s is not read', async (_, headers, status) => {
    const { statusCode } = await server.app.inject({
      ...{ method: 'POST', url: path, payload: '[not JSON' },
      headers: { ...JSON_TYPE, ...headers },
    });
    expect(statusCode).toBe(status);
  });

  it('of another role is not read either', async () => {
    const authorization = `Bearer ${server.adminToken}`;
    const issued = await server.app.inject({
      ...{ method: 'POST', url: '/tokens', payload: { name: 'eve', role: 'auditor' }, headers: { authorization } },
    });
    const { token } = issued.json<{ token: string }>();
    const { statusCode } = await server.app.inject({
      ...{ method: 'POST', url: path, payload: '[not JSON' },
      headers: { ...JSON_TYPE, authorization: `Bearer ${token}` },
    });
    expect(statusCode).toBe(403);
  });
});

describe('large bodies', () => {
  /** Resolves when the server has the headers; the body never comes. */
  const unfinished = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () =>
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.adminToken}\r\n` +
            'Content-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n',
        ),
      );
      socket.once('data', () => resolve(socket));
      socket.on('error', reject);
    });

  const upload = (slug: string) =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { ...JSON_TYPE, authorization: `Bearer ${server.adminToken}` },
      body: JSON.stringify({ slug, title: slug, content: '', status: 'published' }),
    });

  it('wait for room, up to a number, and get it when others are over', async () => {
    const { parallel, waiting } = LARGE_BODIES;
    const sockets = await Promise.all(Array.from({ length: parallel + waiting }, unfinished));
    const refused = await upload('one');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    for (const socket of sockets) socket.destroy();
    // Whether it waits or not depends on which the server notices first; it gets through in both cases.
    let last = await upload('two');
    while (last.status === 503) last = await upload('two');
    expect(last.status).toBe(201);
  });
});
