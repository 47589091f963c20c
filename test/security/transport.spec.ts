import { connect } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DESCRIBED, pathOf, sampleBody, type DescribedOperation } from './operations.js';
import { createServer } from '../../apps/api/server.js';
import { commandsOf } from '../support/commands.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let scene: PortalScene;
let cookie: string;
let impatient: NestFastifyApplication;

beforeAll(async () => {
  server = await startTestServer();
  scene = await portalScene(commandsOf(server), 'Wire');
  const { access } = await server.services.sessions.startSession(scene.ada, scene.portal);
  cookie = `portalaccesstoken=${access}`;
  impatient = await createServer(server.services, { requestTimeout: 200 });
  await impatient.listen(0, '127.0.0.1');
});
afterAll(async () => {
  await impatient.close();
  await server.stop();
});

const names = () => ({
  ...{ portalId: scene.portal, productId: scene.product, productVersionId: scene.version, developerId: scene.ada },
  ...{ applicationId: scene.adasApp, registrationId: scene.pending, authStrategyId: scene.keyStrategy },
  ...{ indices: 'product-catalog', file: 'swagger-ui.css' },
});

function send(operation: DescribedOperation, method = operation.method, headers: Record<string, string> = {}) {
  const payload = sampleBody(operation);
  return server.app.inject({
    method: method as 'GET',
    url: pathOf(operation, names()),
    headers: {
      ...{ host: 'wire.localhost', cookie },
      ...(operation.path.startsWith('/api/') ? {} : { authorization: `Bearer ${server.adminToken}` }),
      ...headers,
    },
    ...(payload ? { payload } : {}),
  });
}

const named = (operations: readonly DescribedOperation[]) =>
  operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);
const reads = DESCRIBED.filter(({ method, path }) => method === 'GET' && !path.startsWith('/gateway/'));
const portalChanges = DESCRIBED.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/'));

/** What a raw connection answers to these bytes, until it is closed. */
function exchange(port: number, ...chunks: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => chunks.forEach((chunk) => socket.write(chunk)));
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

const portOf = async (app: NestFastifyApplication): Promise<number> => Number(new URL(await app.getUrl()).port);
const problemIn = (answer: string) => JSON.parse(answer.split('\r\n\r\n')[1]!) as { status: number; code: string };

describe('a read', () => {
  // The long poll and the measurements differ from one moment to the next, and so does how long something has waited.
  const moving = ['readMetrics', 'readStatus', 'isReady', 'getStatus', 'listPendingDecisions'];
  const steady = reads.filter(({ id }) => !moving.includes(id));
  it.each(named(steady))('%s answers HEAD as GET, without the body', async (_, operation) => {
    const get = await send(operation);
    const head = await send(operation, 'HEAD');
    expect(get.statusCode).toBeLessThan(500);
    expect([head.statusCode, head.payload]).toEqual([get.statusCode, '']);
    for (const name of ['content-type', 'etag', 'cache-control', 'content-security-policy']) {
      expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
    }
  });
});

describe('every answer', () => {
  const protections = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'content-security-policy': expect.stringContaining("default-src 'none'") as unknown,
  };

  it.each(named(DESCRIBED.filter(({ method }) => method === 'GET')))('%s is protected', async (_, operation) => {
    const { headers } = await send(operation);
    const policy = String(headers['content-security-policy']);
    expect(headers).toMatchObject({ ...protections, 'content-security-policy': policy });
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).not.toMatch(/unsafe-(inline|eval)|\*/);
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['server']).toBeUndefined();
  });

  it.each(['/nowhere', '/api/v2/%', `/v2/portals/${'x'.repeat(5000)}`])('of an error, too: %s', async (path) => {
    const { headers } = await server.app.inject({ url: path });
    expect(headers).toMatchObject(protections);
  });

  it('tells browsers to stay with https where a proxy provides it', async () => {
    const proxied = await startTestServer({ GATEHOUSE_TRUST_PROXY: 'true' });
    const forwarded = { 'x-forwarded-proto': 'https', host: 'portal.example.org' };
    const secure = await proxied.app.inject({ url: '/livez', headers: forwarded });
    const plain = await proxied.app.inject({ url: '/livez' });
    await proxied.stop();
    expect(secure.headers['strict-transport-security']).toContain('max-age=');
    expect(plain.headers['strict-transport-security']).toBeUndefined();
    const untrusting = await server.app.inject({ url: '/livez', headers: forwarded });
    expect(untrusting.headers['strict-transport-security']).toBeUndefined();
  });
});

describe('the address of a client', () => {
  const addressOf = async (env: Record<string, string>, forwarded: string): Promise<string | undefined> => {
    const one = await startTestServer(env);
    await one.app.inject({ url: '/livez', remoteAddress: '10.0.0.1', headers: { 'x-forwarded-for': forwarded } });
    const { address } = JSON.parse(one.logLines.at(-1)!) as { address: string };
    const candidates = ['10.0.0.1', ...forwarded.split(', ')];
    const found = candidates.find((ip) => one.services.keyring.hmac('log-address', ip).startsWith(address));
    await one.stop();
    return found;
  };

  it.each([
    ['', '10.0.0.1'],
    ['true', '203.0.113.9'],
    ['1', '203.0.113.9'],
    ['2', '198.51.100.7'],
    ['10.0.0.0/8, 203.0.113.9', '198.51.100.7'],
    ['192.0.2.0/24', '10.0.0.1'],
  ])('with GATEHOUSE_TRUST_PROXY=%s is what the last trusted proxy saw', async (setting, expected) => {
    const forwarded = '192.0.2.66, 198.51.100.7, 203.0.113.9';
    expect(await addressOf({ GATEHOUSE_TRUST_PROXY: setting }, forwarded)).toBe(expected);
  });
});

describe('a change from a page of another site', () => {
  const foreign = [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }] as const;

  it.each(named(portalChanges))('%s is refused', async (_, operation) => {
    const before = await server.services.store.head();
    for (const headers of foreign) {
      const { statusCode, payload } = await send(operation, operation.method, headers);
      expect([statusCode, (JSON.parse(payload) as { code: string }).code]).toEqual([403, 'foreign_origin']);
    }
    expect(await server.services.store.head()).toBe(before);
  });

  it('gets no permission to read either', async () => {
    const read = DESCRIBED.find(({ id }) => id === 'list-products')!;
    const evil = await send(read, 'GET', { origin: 'https://evil.example' });
    expect(evil.headers['access-control-allow-origin']).toBeUndefined();
    expect(evil.headers['vary']).toContain('Origin');
    const own = await send(read, 'GET', { origin: 'http://wire.localhost' });
    expect(own.headers['access-control-allow-origin']).toBe('http://wire.localhost');
    const management = DESCRIBED.find(({ id, path }) => path === '/v2/portals' && id !== '')!;
    const other = await send(management, 'GET', { origin: 'http://wire.localhost' });
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('a connection', () => {
  it('is ended if the body does not arrive', async () => {
    const head = await server.services.store.head();
    const answer = await exchange(
      await portOf(impatient),
      'POST /api/v2/developer HTTP/1.1\r\nHost: wire.localhost\r\nContent-Type: application/json\r\n',
      'Content-Length: 100\r\n\r\n{"email":',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(problemIn(answer)).toMatchObject({ status: 408, code: 'too_slow' });
    expect(await server.services.store.head()).toBe(head);
  });

  it('is ended if the headers do not arrive', async () => {
    const answer = await exchange(await portOf(impatient), 'GET /livez HTTP/1.1\r\nHost: wire');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each([
    ['no HTTP', 'EHLO mail.example.org\r\n\r\n', 400],
    ['too many headers', `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', 400],
    [
      'a length and chunks',
      'POST /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a header split in two', 'GET /livez HTTP/1.1\r\nHost: a\r\nX: a\rb: c\r\n\r\n', 400],
  ])('with %s gets a problem', async (_, bytes, status) => {
    const answer = await exchange(await portOf(server.app), bytes);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toMatch(/content-type: application\/problem\+json/i);
    expect(problemIn(answer).status).toBe(status);
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  });
});
