import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import type { ServerResponse } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServer } from '../../apps/api/server.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { createOutbound, type Outbound } from '#outbound/outbound.js';
import { attemptCall, refusedCall, type Attempt } from './attempts.js';
import {
  allowedApplication,
  description,
  publishedVersion,
  referenceScene,
  startApi,
  type ReferenceScene,
  type TestApi,
} from './scene.js';

let server: TestServer;
let api: TestApi;
/** Never to be reached: what an attacker would want to. */
let inner: TestApi;
let scene: ReferenceScene;

const METADATA = 'http://169.254.169.254';
const REBOUND = 'http://rebound.example.org';
const answers: Record<string, (response: ServerResponse) => void> = {
  '/v1/cookie': (response) =>
    response.writeHead(200, { 'set-cookie': ['portalaccesstoken=planted; Path=/', 'x=y'] }).end('{}'),
  '/v1/redirect': (response) => response.writeHead(302, { location: `${inner.url}/latest/meta-data/` }).end(),
  '/v1/metadata': (response) => response.writeHead(302, { location: `${METADATA}/latest/meta-data/` }).end(),
  '/v1/html': (response) =>
    response
      .writeHead(200, { 'content-type': 'text/html', 'content-security-policy': "script-src 'unsafe-inline'" })
      .end('<script>fetch("/api/v2/developer/me")</script>'),
  '/v1/basic': (response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="Portal"' }).end('no'),
  '/v1/huge': (response) => {
    const piece = Buffer.alloc(1024 * 1024);
    const pour = () => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', pour);
    pour();
  },
  // Begins, and never ends.
  '/v1/slow': (response) => void response.writeHead(200).write('a'),
};

beforeAll(async () => {
  inner = await startApi();
  api = await startApi((call, response) => {
    const answer = answers[call.url.split('?')[0]!];
    if (answer) answer(response);
    else response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end('{"ok":true}');
  });
  server = await startTestServer({ GATEHOUSE_OUTBOUND_PRIVATE: '127.0.0.1' });
  const servers = [`${api.url}/v1`, METADATA, REBOUND, '/relative'];
  scene = await referenceScene(server, JSON.stringify(description(...servers)));
});
afterEach(() => {
  expect(inner.calls).toEqual([]);
  api.calls.length = 0;
});
afterAll(async () => {
  await server.stop();
  await api.close();
  await inner.close();
});

const given = () => ({ server, scene, api });
const attempt = (tried: Attempt = {}) => attemptCall(given(), tried);
const refused = (tried: Attempt) => refusedCall(given(), tried);

/** The same services with another way out. */
async function withOutbound<T>(outbound: Outbound, work: (url: string) => Promise<T>): Promise<T> {
  const app: NestFastifyApplication = await createServer({ ...server.services, outbound });
  try {
    await app.listen(0, '127.0.0.1');
    return await work(await app.getUrl());
  } finally {
    await app.close();
  }
}

it('makes the call of a developer, and tells of it as consumption', async () => {
  const { status, body } = await attempt({
    call: { method: 'POST', headers: [['X-Api-Key', 'a'], ['content-type', 'text/plain']], body: btoa('hello') }, // prettier-ignore
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: 200, body: btoa('{"ok":true}') });
  expect(body.headers).toContainEqual(['content-type', 'application/json']);
  expect(api.calls).toMatchObject([
    { method: 'POST', url: '/v1/pets', body: 'hello', headers: { 'x-api-key': 'a', 'content-type': 'text/plain' } },
  ]);
  await server.services.consumption.settle();
  const [use] = await server.services.consumption.usesOf([scene.application]);
  expect(use).toMatchObject({ kind: 'access', id: scene.version, application: scene.application });
});

it('is counted once where the gateway asks for a check of the same call', async () => {
  const { credential } = (await scene.send('GenerateCredential', {
    ...{ application_id: scene.application, display_name: 'counted' },
  })) as unknown as { credential: string };
  const counted = async () => {
    await server.services.consumption.settle();
    const now = server.services.now();
    const { rows } = await server.services.consumption.query({
      ...{ metric: 'REQUEST_COUNT', dimensions: [], filters: [], applications: [scene.application] },
      window: { start: now - 3_600_000, end: now + 60_000 },
    });
    return rows.reduce((sum, { figure }) => sum + figure, 0);
  };
  const check = (headers: Record<string, string>) =>
    fetch(`${server.url}/gateway/check/${scene.version}`, { headers: { 'x-api-key': credential, ...headers } });
  await attempt();
  const mark = String(api.calls[0]!.headers['gatehouse-tried']);
  const before = await counted();
  expect((await check({ 'gatehouse-tried': mark })).status).toBe(200);
  expect(await counted()).toBe(before);
  for (const other of ['', 'x', mark.replace(/.$/, (last) => (last === '0' ? '1' : '0')), `${mark.split('.')[0]}.`])
    await check({ 'gatehouse-tried': other });
  await check({});
  expect(await counted()).toBe(before + 5);
});

describe('an address', () => {
  it.each([
    ['of another host', () => 'https://evil.example.org/v1/pets'],
    ['of another port', () => `${inner.url}/v1/pets`],
    ['outside of the path', () => `${api.url}/admin`],
    ['that leads upwards', () => `${api.url}/v1/../admin`],
    ['that leads upwards, encoded', () => `${api.url}/v1/%2e%2e%2fadmin`],
    ['with a user', () => api.url.replace('127.0.0.1', 'user@127.0.0.1')],
    ['that hides the host in a user', () => `${api.url}@169.254.169.254/`],
    ['with a line break', () => `${api.url}/v1/pets\r\nX-Injected: 1`],
    ['of this server', () => `${server.url}/v2/portals`],
    ['below a relative server', () => `${server.url}/relative/pets`],
    ['of a file', () => 'file:///etc/passwd'],
  ])('%s is refused', async (_, url) => {
    expect(await refused({ call: { url: url() } })).toEqual([400, 'invalid_parameters']);
  });

  it('of a cloud is refused although the description lists it', async () => {
    const url = `${METADATA}/latest/meta-data/`;
    expect(await refused({ call: { url } })).toEqual([502, 'api_address_refused']);
  });

  it('that turns to a private network when it is called is refused: it is looked up once, and that is what is called', async () => {
    const lookedUp: string[] = [];
    const outbound = createOutbound({
      lookup: async (host) => {
        lookedUp.push(host);
        return [{ address: '127.0.0.1', family: 4 }];
      },
    });
    const { port } = new URL(inner.url);
    const path = `/reference/${scene.product}/${await publishedVersion(server, scene, JSON.stringify(description(`${REBOUND}:${port}`)))}`;
    const application_id = await allowedApplication(
      scene.send,
      scene.ada,
      scene.strategy,
      path.split('/')[3]!,
      'Rebound',
    );
    await withOutbound(outbound, async (at) => {
      const call = { application_id, url: `${REBOUND}:${port}/pets` };
      expect((await attempt({ at, path, call })).code).toBe('api_address_refused');
    });
    expect(lookedUp).toEqual(['rebound.example.org']);
    await outbound.close();
  });
});

describe('headers', () => {
  it('with a line break are refused', async () => {
    const headers = [['x-a', 'b\r\nCookie: stolen=1']];
    expect(await refused({ call: { headers } })).toEqual([400, 'invalid_parameters']);
  });

  it('bring neither this portal’s cookies nor anything of the connection to the API', async () => {
    const headers = [
      ...[['Cookie', 'a=b'], ['Host', 'internal'], ['Transfer-Encoding', 'chunked'], ['Connection', 'x-hop']], // prettier-ignore
      ...[['x-hop', '1'], ['X-Forwarded-For', '127.0.0.1'], ['Gatehouse-Token', 't'], ['x-kept', 'yes']], // prettier-ignore
    ];
    expect((await attempt({ call: { headers } })).status).toBe(200);
    const sent = api.calls[0]!.headers;
    expect(sent['x-kept']).toBe('yes');
    expect(sent.host).toBe(new URL(api.url).host);
    for (const name of ['cookie', 'transfer-encoding', 'x-hop', 'x-forwarded-for', 'gatehouse-token', 'origin'])
      expect([name, sent[name]]).toEqual([name, undefined]);
    expect(JSON.stringify(api.calls)).not.toContain(scene.cookie.split('=')[1]!.slice(0, 20));
  });

  it('of the answer bring no cookies', async () => {
    const { headers, body } = await attempt({ call: { url: `${api.url}/v1/cookie` } });
    expect(headers.getSetCookie()).toEqual([]);
    expect(JSON.stringify(body)).not.toMatch(/planted|set-cookie/i);
  });

  it('of the answer mean nothing to the browser: no sign-in dialogue, no policy', async () => {
    const { status, headers, body } = await attempt({ call: { url: `${api.url}/v1/basic` } });
    expect([status, body['status'], headers.get('www-authenticate')]).toEqual([200, 401, null]);
  });
});

describe('an answer', () => {
  it.each(['/v1/redirect', '/v1/metadata'])('that redirects (%s) is shown, not followed', async (path) => {
    const { status, body, headers } = await attempt({ call: { url: api.url + path } });
    expect([status, body['status'], headers.get('location')]).toEqual([200, 302, null]);
    expect(api.calls).toHaveLength(1);
  });

  it('of HTML is JSON here, in a sandbox, never a page of this origin', async () => {
    const { headers, body } = await attempt({ call: { url: `${api.url}/v1/html` } });
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-disposition')).toMatch(/^attachment/);
    expect(atob(body.body)).toContain('<script>');
    expect(JSON.stringify(body)).not.toContain('<script>');
  });

  it('without end in size is cut off', async () => {
    expect((await attempt({ call: { url: `${api.url}/v1/huge` } })).code).toBe('api_answer_too_large');
  });

  it('without end in time is given up', async () => {
    const { outbound } = server.services;
    const hasty: Outbound = { ...outbound, request: (url, init) => outbound.request(url, { ...init, timeoutMs: 200 }) };
    await withOutbound(hasty, async (at) => {
      const { status, code } = await attempt({ at, call: { url: `${api.url}/v1/slow` } });
      expect([status, code]).toEqual([504, 'api_timeout']);
    });
  });

  it('that never comes since nobody listens is told as such', async () => {
    const vacant = createTcpServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => vacant.once('listening', resolve));
    const base = `http://127.0.0.1:${(vacant.address() as AddressInfo).port}`;
    await new Promise((resolve) => vacant.close(resolve));
    const version = await publishedVersion(server, scene, JSON.stringify(description(base, 'https://a.example.org')));
    const application_id = await allowedApplication(scene.send, scene.ada, scene.strategy, version, 'Vacant');
    const path = `/reference/${scene.product}/${version}`;
    const { status, code } = await attempt({ path, call: { application_id, url: `${base}/pets` } });
    expect([status, code]).toEqual([502, 'api_unreachable']);
  });
});

describe('a body', () => {
  it('of many megabytes is refused', async () => {
    expect(await refused({ call: { method: 'POST', body: 'A'.repeat(2_000_000) } })).toEqual([413, 'body_too_large']);
    expect(await refused({ call: { method: 'POST', body: 'A'.repeat(960_000) } })).toEqual([400, 'invalid_parameters']);
  });

  it('that is not base64 is refused', async () => {
    for (const body of ['<script>', 'abc', 'a===', 'YQ==YQ=='])
      expect(await refused({ call: { method: 'POST', body } })).toEqual([400, 'invalid_parameters']);
  });
});

it('says nothing of addresses, keys and bodies in the log', async () => {
  const secret = 'gh_0000_very_secret';
  await attempt({ call: { url: `${api.url}/v1/pets?token=${secret}`, headers: [['apikey', secret]], body: btoa(secret) } }); // prettier-ignore
  await attempt({ call: { url: `${METADATA}/${secret}`, headers: [['apikey', secret]] } });
  const lines = server.logLines.join('');
  expect(lines).toContain('callFromReference');
  expect(lines).not.toContain(secret);
  expect(lines).not.toContain(btoa(secret));
});
