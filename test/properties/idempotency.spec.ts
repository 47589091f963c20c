import { jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreUnavailable } from '#event-store/port.js';
import { commandsOf, type Send } from '../support/commands.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let send: Send;
let scene: PortalScene;
let dataDir: string;
let cookies: Readonly<Record<'ada' | 'bob', string>>;
let keys = 0;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-once-'));
  server = await startTestServer({ GATEHOUSE_DATA_DIR: dataDir });
  send = commandsOf(server);
  scene = await portalScene(send, 'Once');
  await startSessions();
});
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function startSessions(): Promise<void> {
  const { sessions } = server.services;
  const cookie = async (developer: string) =>
    `portalaccesstoken=${(await sessions.startSession(developer, scene.portal)).access}`;
  cookies = { ada: await cookie(scene.ada), bob: await cookie(scene.bob) };
}

interface Request {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}
/** The developer of the cookie; nobody: the administrator. */
type By = 'ada' | 'bob' | undefined;

const freshKey = (): string => `key-${(keys += 1)}`;

async function ask({ method, path, body }: Request, key: string, by: By = byOf(path)) {
  const {
    statusCode: status,
    headers,
    payload: text,
  } = await server.app.inject({
    method,
    url: path,
    headers: {
      host: 'once.localhost',
      'idempotency-key': key,
      ...(by ? { cookie: cookies[by] } : { authorization: `Bearer ${server.adminToken}` }),
    },
    ...(body ? { payload: body } : {}),
  });
  const named = ['content-type', 'etag', 'gatehouse-position', 'cache-control', 'location'];
  return {
    replayed: headers['idempotent-replayed'] === 'true',
    answer: { status, text, headers: named.map((name) => headers[name]) },
  };
}

const byOf = (path: string): By => (path.startsWith('/api/') ? 'ada' : undefined);
const head = () => server.services.store.head();

/** A request of each kind on each surface, made when the scene is there. */
const REQUESTS: Readonly<Record<string, () => Request | Promise<Request>>> = {
  'portal: create an application': () => ({ method: 'POST', path: '/api/v2/applications', body: { name: 'Once', auth_strategy_id: scene.keyStrategy } }), // prettier-ignore
  'portal: make a key': () => ({ method: 'POST', path: `/api/v2/applications/${scene.adasApp}/credentials` }),
  'portal: change an application': () => ({ method: 'PATCH', path: `/api/v2/applications/${scene.adasApp}`, body: { description: 'New' } }), // prettier-ignore
  'portal: withdraw a registration': () => ({ method: 'DELETE', path: `/api/v2/applications/${scene.adasApp}/registrations/${scene.pending}` }), // prettier-ignore
  'portal: ask for access': () => ({ method: 'POST', path: `/api/v2/applications/${scene.adasApp}/registrations`, body: { product_version_id: scene.version } }), // prettier-ignore
  'management: create a product': () => ({ method: 'POST', path: '/v2/api-products', body: { name: 'Once' } }),
  'management: create a portal': () => ({ method: 'POST', path: '/v2/portals', body: { name: 'Another' } }),
  'management: change a portal': () => ({ method: 'PATCH', path: `/v2/portals/${scene.portal}`, body: { description: 'New' } }), // prettier-ignore
  'management: decide on a developer': () => ({ method: 'PATCH', path: `/v2/portals/${scene.portal}/developers/${scene.bob}`, body: { status: 'revoked' } }), // prettier-ignore
  'management: delete a strategy': async () => ({ method: 'DELETE', path: `/v2/application-auth-strategies/${(await strategy()).id}` }), // prettier-ignore
  'management: publish several products': () => ({ method: 'POST', path: `/v2/portals/${scene.portal}/publish`, body: { api_products: { [scene.product]: { publish_status: 'unpublished' } } } }), // prettier-ignore
  'management: upload a document': () => ({ method: 'POST', path: `/v2/api-products/${scene.product}/documents`, body: { slug: 'once', title: 'Once', status: 'published', content: '# Once' } }), // prettier-ignore
  'commands: create a product': () => ({ method: 'POST', path: '/commands/CreateProduct', body: { name: 'By command' } }), // prettier-ignore
  'commands: make a key': () => ({ method: 'POST', path: '/commands/GenerateCredential', body: { application_id: scene.adasApp } }), // prettier-ignore
};

const strategy = () =>
  send('CreateAuthStrategy', {
    ...{ name: 'Unused', display_name: 'Unused', strategy_type: 'key_auth', configs: { 'key-auth': {} } },
  });

describe('a repeated Idempotency-Key', () => {
  it.each(Object.keys(REQUESTS))('%s', async (name) => {
    const request = await REQUESTS[name]!();
    const key = freshKey();
    const before = await head();
    // Two at once, as an impatient client sends them, and one later.
    const [one, other] = await Promise.all([ask(request, key), ask(request, key)]);
    const after = await head();
    const later = await ask(request, key);
    expect(one.answer.status).toBeLessThan(300);
    expect(other.answer).toEqual(one.answer);
    expect(later.answer).toEqual(one.answer);
    expect([one.replayed, other.replayed].filter((replayed) => replayed)).toHaveLength(1);
    expect(later.replayed).toBe(true);
    expect(after).toBeGreaterThan(before);
    expect(await head()).toBe(after);
  });

  it('with another payload, path or method is refused', async () => {
    const key = freshKey();
    const request: Request = { method: 'POST', path: '/v2/api-products', body: { name: 'One' } };
    expect((await ask(request, key)).answer.status).toBe(201);
    const before = await head();
    for (const other of [
      { ...request, body: { name: 'Two' } },
      { ...request, path: '/v2/portals' },
      { ...request, path: '/commands/CreateProduct' },
    ]) {
      const { answer } = await ask(other, key);
      expect([answer.status, (JSON.parse(answer.text) as { code: string }).code]).toEqual([
        422,
        'idempotency_key_reused',
      ]);
    }
    expect(await head()).toBe(before);
  });

  it('of another caller is another key', async () => {
    const key = freshKey();
    const request = (name: string): Request => ({
      ...{ method: 'POST', path: '/api/v2/applications', body: { name, auth_strategy_id: scene.keyStrategy } },
    });
    await send('ApproveDeveloper', { developer_id: scene.bob });
    await startSessions();
    const mine = await ask(request('Mine'), key, 'ada');
    const theirs = await ask(request('Theirs'), key, 'bob');
    expect([mine.answer.status, theirs.answer.status]).toEqual([201, 201]);
    expect(theirs.replayed).toBe(false);
    expect(theirs.answer.text).not.toBe(mine.answer.text);
  });

  it('of a refused request is looked at afresh', async () => {
    const key = freshKey();
    const request: Request = { method: 'POST', path: '/v2/portals', body: { name: 'Contested' } };
    const { id } = await send('CreatePortal', { name: 'Contested' });
    expect((await ask(request, key)).answer.status).toBe(409);
    await send('DeletePortal', { portal_id: id });
    await server.services.reactors.settled();
    const second = await ask(request, key);
    expect([second.answer.status, second.replayed]).toEqual([201, false]);
  });

  const DELETIONS: Readonly<Record<string, () => Promise<string>>> = {
    'a developer': async () => {
      const person = { full_name: 'Cy', email: `cy${(keys += 1)}@example.org` };
      const { id } = await send('RegisterDeveloper', { portal_id: scene.portal, ...person });
      return `developers/${id}`;
    },
    'an application': async () => `applications/${await application()}`,
    'a registration': async () => {
      const application_id = await application();
      await send('PublishProduct', { product_id: scene.product, portal_id: scene.portal });
      const { id } = await send('RequestAccess', { application_id, product_version_id: scene.version });
      return `applications/${application_id}/registrations/${id}`;
    },
  };
  const application = async () => {
    const { id: developer_id } = await send('RegisterDeveloper', {
      ...{ portal_id: scene.portal, full_name: 'Di', email: `di${(keys += 1)}@example.org` },
    });
    await send('ApproveDeveloper', { developer_id });
    const name = `Fleeting ${(keys += 1)}`;
    return (await send('CreateApplication', { developer_id, name, auth_strategy_id: scene.keyStrategy })).id;
  };

  it.each(Object.keys(DELETIONS))('of a deletion that was not answered is answered: %s', async (what) => {
    const request: Request = { method: 'DELETE', path: `/v2/portals/${scene.portal}/${await DELETIONS[what]!()}` };
    const key = freshKey();
    const { store } = server.services;
    const lost = jest.spyOn(store, 'sealReceipt').mockRejectedValueOnce(new StoreUnavailable('ended'));
    const first = await ask(request, key);
    lost.mockRestore();
    expect(first.answer.status).toBe(503);
    await server.services.reactors.settled();
    const again = await ask(request, key);
    expect([again.answer.status, again.replayed, again.answer.text]).toEqual([204, true, '']);
    expect(again.answer.headers[2]).toMatch(new RegExp(`^${store.logId}\\.\\d+$`));
    const later = await ask(request, key);
    expect([later.answer, later.replayed]).toEqual([again.answer, true]);
  });

  it('is known after a restart, with the key that was shown once, and forgotten after a day', async () => {
    const key = freshKey();
    const request: Request = { method: 'POST', path: `/api/v2/applications/${scene.adasApp}/credentials` };
    const first = await ask(request, key);
    const { credential } = JSON.parse(first.answer.text) as { credential: string };
    expect(credential).toMatch(/^gh_/);
    await server.stop();
    server = await startTestServer({ GATEHOUSE_DATA_DIR: dataDir });
    const before = await head();
    const again = await ask(request, key);
    expect([again.answer, again.replayed]).toEqual([first.answer, true]);
    expect(await head()).toBe(before);
    server.advance(25 * 3_600_000);
    await startSessions();
    const fresh = await ask(request, key);
    expect([fresh.answer.status, fresh.replayed]).toEqual([201, false]);
    expect(fresh.answer.text).not.toContain(credential);
  });
});
