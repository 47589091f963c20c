import { BAD_SEGMENTS, bodyFaults, fieldFaults, headerFaults, queryFaults, type Fault } from './bad-input.js';
import { DESCRIBED, pathOf, type DescribedOperation } from './operations.js';
import { OPERATIONS } from '../../apps/api/http/operation.js';
import { commandsOf } from '../support/commands.js';
import { portalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let cookie: string;
let head: bigint;
let names: Readonly<Record<string, string>>;
let calls = 0;

beforeAll(async () => {
  server = await startTestServer();
  const send = commandsOf(server);
  const scene = await portalScene(send, 'Robust');
  const { services } = server;
  const { access } = await services.sessions.startSession(scene.ada, scene.portal);
  cookie = `portalaccesstoken=${access}`;
  const text = Buffer.from('# Text');
  const content = { product_id: scene.product, content_sha256: await services.blobs.put(text), size: text.length };
  const document = await send('AddDocument', { ...content, slug: 'start', title: 'Start', status: 'published' });
  const specification = await send('AddSpecification', {
    ...{ ...content, product_version_id: scene.version, name: 'a.json' },
    operations_sha256: await services.blobs.put(Buffer.from('[]')),
  });
  const credential = await send('GenerateCredential', { application_id: scene.adasApp });
  names = {
    portalId: scene.portal,
    productId: scene.product,
    productVersionId: scene.version,
    authStrategyId: scene.keyStrategy,
    developerId: scene.ada,
    applicationId: scene.adasApp,
    registrationId: scene.pending,
    credentialId: credential.id,
    documentId: document.id,
    specificationId: specification.id,
    indices: 'product-catalog',
  };
  head = await services.store.head();
});
afterAll(() => server.stop());
afterEach(async () => {
  expect(await server.services.store.head()).toBe(head);
  expect((await server.app.inject({ url: '/livez' })).statusCode).toBe(200);
});

/** Sends a fault as somebody who may; from an address of its own, so that nothing has to wait. */
async function send(operation: DescribedOperation, fault: Omit<Fault, 'status'>, path = pathOf(operation, names)) {
  const { payload, headers, query } = fault;
  calls += 1;
  return server.app.inject({
    method: operation.method as 'GET',
    url: path + (query === undefined ? '' : `?${query}`),
    remoteAddress: `10.${calls >> 16}.${(calls >> 8) & 255}.${calls & 255}`,
    headers: {
      host: 'robust.localhost',
      cookie,
      ...(operation.path.startsWith('/api/') ? {} : { authorization: `Bearer ${server.adminToken}` }),
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(payload === undefined ? {} : { payload }),
  });
}

type Response = Awaited<ReturnType<typeof send>>;

/** What is wrong with a refusal; nothing, if it is as promised. */
function faultOf({ statusCode, headers, payload }: Response, statuses: readonly number[], field?: string): string[] {
  const wrong: string[] = [];
  if (!statuses.includes(statusCode))
    return [`${statusCode} instead of ${statuses.join(' or ')}: ${payload.slice(0, 300)}`];
  if (!/^application\/problem\+json/.test(String(headers['content-type']))) {
    return [`an answer of the type ${String(headers['content-type'])}`];
  }
  const problem = JSON.parse(payload) as Record<string, unknown>;
  for (const member of ['type', 'title', 'detail', 'instance', 'code']) {
    if (typeof problem[member] !== 'string') wrong.push(`no ${member}`);
  }
  if (problem['status'] !== statusCode) wrong.push('another status in the body');
  if (/node_modules|\.[jt]s:\d+|SQLITE|at \w+ \(/.test(payload)) wrong.push('something internal');
  const fields = ((problem['invalid_parameters'] ?? []) as { field: string }[]).map((one) => one.field);
  if (field !== undefined && !fields.some((one) => one === field || one.startsWith(`${field}.`))) {
    wrong.push(`${field} is not named, but ${fields.join() || 'nothing'}`);
  }
  return wrong;
}

async function refused(operation: DescribedOperation, faults: readonly Fault[]): Promise<void> {
  const wrong: Record<string, string[]> = {};
  for (const fault of faults) {
    const found = faultOf(await send(operation, fault), [fault.status], fault.field);
    if (found.length > 0) wrong[fault.what] = found;
  }
  expect(wrong).toEqual({});
}

const named = (operations: readonly DescribedOperation[]) =>
  operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);

/** Gateways pass on calls that are not theirs: what is in them is not looked at. */
const strict = DESCRIBED.filter(({ path }) => !path.startsWith('/gateway/'));

describe('bodies', () => {
  const withBody = named(strict.filter(({ body }) => body));
  it.each(withBody)('%s refuses what is no object of its fields', (_, operation) =>
    refused(operation, bodyFaults(operation)),
  );
  it.each(withBody)('%s refuses wrong values', (_, operation) => refused(operation, fieldFaults(operation)));

  it.each(named(strict.filter(({ body, method }) => !body && method !== 'GET')))('%s takes none', (_, operation) =>
    refused(operation, [{ what: 'a body', payload: '{"name":"x"}', status: 400, field: 'body' }]),
  );

  const large = new Set(OPERATIONS.filter(({ body }) => body?.large).map(({ id }) => id));
  it.each(named(strict.filter(({ body, id }) => body && !large.has(id))))('%s takes 1 MB at most', (_, operation) =>
    refused(operation, [{ what: 'more than 1 MB', payload: `"${'a'.repeat(1024 * 1024)}"`, status: 413 }]),
  );

  it('of documents and specifications take 24 MB at most', async () => {
    const operations = strict.filter(({ id }) => large.has(id));
    expect(operations.length).toBeGreaterThan(2);
    const payload = Buffer.alloc(24 * 1024 * 1024 + 1, 'a');
    for (const operation of operations) await refused(operation, [{ what: 'more than 24 MB', payload, status: 413 }]);
  });
});

describe('queries and headers', () => {
  // Whatever identity providers add to the way back.
  const loose = new Set(OPERATIONS.filter(({ query }) => query === 'any').map(({ id }) => id));
  it.each(named(strict))('%s', async (_, operation) => {
    if (!loose.has(operation.id)) await refused(operation, queryFaults(operation));
    if (operation.access !== 'open') await refused(operation, headerFaults(operation));
  });
});

describe('paths', () => {
  it.each(named(strict.filter(({ path }) => path.includes('{'))))('%s', async (_, operation) => {
    const wrong: Record<string, string[]> = {};
    for (const [, name] of operation.path.matchAll(/\{(\w+)\}/g)) {
      for (const segment of BAD_SEGMENTS) {
        const path = pathOf(operation, { ...names, [name!]: segment });
        const found = faultOf(await send(operation, sampleOf(operation), path), [400, 404, 414]);
        if (found.length > 0) wrong[`${name} ${segment.slice(0, 40)}`] = found;
      }
    }
    expect(wrong).toEqual({});
  });

  const paths = [...new Set(strict.map(({ path }) => path))].filter((path) => !path.startsWith('/commands/'));
  it.each(paths)('%s refuses other methods', async (path) => {
    const own = strict.filter((one) => fits(one.path, path));
    const methods = new Set(own.map(({ method }) => method));
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !methods.has(one))) {
      const response = await send({ ...own[0]!, method }, { what: 'another method' });
      expect([method, ...faultOf(response, [405])]).toEqual([method]);
      expect(String(response.headers['allow']).split(', ').sort()).toEqual(expect.arrayContaining([...methods].sort()));
    }
  });

  it.each(['/nowhere', '/api/v2', '/api/v2/nothing', '/v2/', '//', '/.env', '/data/log.db', '/docs/../package.json'])(
    '%s is nothing',
    async (path) => {
      const response = await server.app.inject({ url: path, headers: { host: 'robust.localhost' } });
      expect(faultOf(response, [404])).toEqual([]);
    },
  );
});

/** Whether the path is one of the template's: a fixed name may stand where another operation has a parameter. */
const fits = (template: string, path: string): boolean =>
  new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);

function sampleOf(operation: DescribedOperation): Omit<Fault, 'status'> {
  return { what: 'a good body', ...(operation.body ? { payload: '{}' } : {}) };
}

describe('the document', () => {
  it('bounds every text that a body may have', () => {
    const bounded = new Set(['uuid', 'email', 'uri', 'hostname', 'date-time']);
    const unbounded = strict.flatMap(({ id, body }) =>
      Object.entries(body?.properties ?? {})
        .filter(([, { type, enum: choices, maxLength, format, pattern }]) => {
          const text = [type].flat().includes('string') && !choices;
          return text && maxLength === undefined && !bounded.has(format ?? '') && pattern === undefined;
        })
        .map(([field]) => `${id} ${field}`),
    );
    // Bounded by the size of the body: 16 MB decoded.
    expect(unbounded.filter((one) => !one.endsWith(' content'))).toEqual([]);
  });
});
