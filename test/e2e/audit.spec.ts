import { approvedDeveloper, buildApplication, buildPortal, type TestPortal } from '../support/portal.js';
import { testClient, type TestClient } from '../support/client.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Entry {
  readonly id: string;
  readonly type: string;
  readonly position: string;
  readonly stream: string;
  readonly words: string;
  readonly reason: string | null;
  readonly by: string | null;
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string | null };
  readonly basis: Readonly<Record<string, string>>;
  readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Events {
  readonly data: readonly Entry[];
  readonly next: string | null;
}

let server: TestServer;
let admin: TestClient;
let auditor: TestClient;
let portal: TestPortal;

beforeAll(async () => {
  server = await startTestServer();
  admin = testClient(server.url, server.adminToken);
  const issued = await admin.send<{ token: string }>('POST', '/tokens', {
    body: { name: 'revision', role: 'auditor' },
  });
  auditor = testClient(server.url, issued.body.token);
  portal = await buildPortal(admin);
});
afterAll(() => server.stop());

const caughtUp = async () => server.services.projections.waitFor(await server.services.store.head(), 5_000);
const story = async (path: string) => (await auditor.get<{ data: Entry[] }>(`/audit/${path}`)).body.data;

describe('the story of an application', () => {
  it('tells each step: who, what, why, on what basis, and what it changed', async () => {
    const { applicationId, registrationId, credentialId } = await buildApplication(admin, portal, 'Told');
    const approval = await admin.command('ApproveApp', {
      application_id: applicationId,
      reason: 'Reviewed by design.',
    });
    const entries = await story(`applications/${applicationId}`);
    expect(entries.map(({ words }) => words)).toEqual([
      'admin created the application “Told”',
      'admin requested access to version “v1 of Petstore”',
      'admin generated the credential “production”',
      'admin approved access to version “v1 of Petstore”',
    ]);
    expect(entries[1]).toMatchObject({
      reason: 'We sync our fleet nightly.',
      changes: { [`registrations.${registrationId}.status`]: { from: null, to: 'pending' } },
      basis: { developer: `developer-${portal.developerId}@1`, product: expect.stringMatching(/^product-.+@\d+$/) },
    });
    expect(entries[3]).toMatchObject({
      id: approval.events[0]!.id,
      position: approval.position,
      reason: 'Reviewed by design.',
      actor: { kind: 'admin', id: 'admin', name: 'admin' },
      command: 'ApproveApp',
      command_id: approval.command_id,
      changes: { [`registrations.${registrationId}.status`]: { from: 'pending', to: 'approved' } },
    });
    expect(Object.keys(entries[3]!.changes)).toHaveLength(1);
    expect(entries[2]!.changes).toHaveProperty([`credentials.${credentialId}.display_name`]);
  });

  it('holds no digest', async () => {
    const { applicationId } = await buildApplication(admin, portal, 'Digestless');
    const { text } = await auditor.get(`/audit/applications/${applicationId}`);
    const { state } = await server.services.cache.load<{ credentials: { digest: string }[] }>(
      'application',
      applicationId,
    );
    expect(text).not.toContain(state.credentials[0]!.digest);
    expect(text).not.toContain('"digest"');
  });

  it('calls things what they were called then', async () => {
    const product = await admin.command('CreateProduct', { name: 'Before', portal_ids: [portal.portalId] });
    const product_id = product.result.id;
    const version = await admin.command('AddProductVersion', { product_id, name: 'v9' });
    const product_version_id = version.result.id;
    const publication = { product_id, product_version_id, portal_id: portal.portalId };
    await admin.command('PublishProductVersion', { ...publication, application_registration_enabled: true });
    const application = await admin.command('CreateApplication', { developer_id: portal.developerId, name: 'Then' });
    const application_id = application.result.id;
    await admin.command('RequestAccess', { application_id, product_version_id });
    await admin.command('EditProduct', { product_id, name: 'After' });
    await admin.command('EditApplication', { application_id, name: 'Now' });
    await admin.command('ApproveApp', { application_id });
    await admin.command('DeleteProduct', { product_id });
    const words = (await story(`applications/${application_id}`)).map((entry) => entry.words);
    expect(words.slice(1)).toEqual([
      'admin requested access to version “v9 of Before”',
      'admin edited the application',
      'admin approved access to version “v9 of After”',
    ]);
    const told = await story(`products/${product_id}`);
    expect(told.map((entry) => entry.words)).toContain('admin added the version “v9”');
    expect(told.at(-1)!.changes['name']).toBeUndefined();
  });

  it('says when a setting decided', async () => {
    await admin.command('ChangePortalSettings', { portal_id: portal.portalId, auto_approve_applications: true });
    const { applicationId } = await buildApplication(admin, portal, 'Automatic');
    await admin.command('ChangePortalSettings', { portal_id: portal.portalId, auto_approve_applications: false });
    const approved = (await story(`applications/${applicationId}`)).find(({ by }) => by === 'policy')!;
    expect(approved.words).toBe('A setting approved access to version “v1 of Petstore”');
    expect(approved.basis['portal']).toMatch(new RegExp(`^portal-${portal.portalId}@\\d+$`));
  });

  it('comes in pages, each telling the same as the whole', async () => {
    const { applicationId } = await buildApplication(admin, portal, 'Paged');
    const whole = await story(`applications/${applicationId}`);
    const paged: Entry[] = [];
    for (let path: string | null = `/audit/applications/${applicationId}?limit=2`; path !== null;) {
      const { body, headers }: { body: Events; headers: Headers } = await auditor.get<Events>(path);
      expect(body.data.length).toBeLessThanOrEqual(2);
      paged.push(...body.data);
      path = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? null;
      expect(path === null).toBe(body.next === null);
    }
    expect(whole).toHaveLength(3);
    expect(paged).toEqual(whole);
    const answer = await auditor.get(`/audit/applications/${applicationId}?limit=1001`);
    expect(answer.body['invalid_parameters']).toMatchObject([{ field: 'limit' }]);
  });

  it('exists for what once was, and for nothing else', async () => {
    const { applicationId } = await buildApplication(admin, portal, 'Deleted');
    await admin.command('DeleteApplication', { application_id: applicationId, reason: 'Not used.' });
    expect((await story(`applications/${applicationId}`)).at(-1)).toMatchObject({
      type: 'application.deleted.v1',
      reason: 'Not used.',
    });
    expect((await auditor.get(`/audit/applications/${portal.portalId}`)).status).toBe(404);
    expect((await auditor.get('/audit/products/nonsense')).status).toBe(400);
  });
});

describe('the story of a developer', () => {
  it('opens what is personal, until the person is forgotten', async () => {
    const id = await approvedDeveloper(admin, portal.portalId, 'grace@example.com', 'Grace Hopper');
    const { keyring } = server.services;
    const before = await story(`developers/${id}`);
    expect(before[0]).toMatchObject({
      words: 'Grace Hopper signed up, through admin',
      data: { email: 'grace@example.com', full_name: 'Grace Hopper' },
      changes: { full_name: { from: null, to: 'Grace Hopper' }, status: { from: null, to: 'pending' } },
    });
    expect(before[1]).toMatchObject({
      reason: 'Known partner.',
      changes: { status: { from: 'pending', to: 'approved' } },
    });
    await keyring.destroyPersonKey(id);
    const { body, text } = await auditor.get<{ data: Entry[] }>(`/audit/developers/${id}`);
    expect(body.data[0]).toMatchObject({
      words: 'A person who was forgotten signed up, through admin',
      data: { email: null, full_name: null },
    });
    expect(body.data[1]!.reason).toBeNull();
    for (const gone of ['grace@example.com', 'Grace Hopper', 'Known partner', 'sealed:v1'])
      expect(text).not.toContain(gone);
  });
});

describe('GET /audit/events', () => {
  const list = (query = '') => auditor.get<Events>(`/audit/events${query}`);

  it('pages through everything with a cursor, forwards and backwards', async () => {
    await caughtUp();
    const stored = await server.services.store.readAll({ after: 0n, limit: 10_000 });
    for (const order of ['oldest', 'newest']) {
      const ids: string[] = [];
      for (let after: string | null = ''; after !== null;) {
        const { body }: { body: Events } = await list(`?order=${order}&limit=7${after && `&after=${after}`}`);
        ids.push(...body.data.map(({ id }) => id));
        after = body.next;
      }
      const expected = stored.map(({ id }) => id);
      expect(ids).toEqual(order === 'oldest' ? expected : expected.reverse());
    }
  });

  it('filters', async () => {
    await caughtUp();
    const types = async (query: string) => new Set((await list(query)).body.data.map(({ type }) => type));
    expect(await types('?type=portal.created.v1')).toEqual(new Set(['portal.created.v1']));
    expect(await types(`?subject=developer-${portal.developerId}`)).toEqual(
      new Set(['developer.registered.v1', 'developer.approved.v1']),
    );
    expect(await types(`?subject=${portal.developerId}`)).toEqual(
      await types(`?subject=developer-${portal.developerId}`),
    );
    const ofDeveloper = await types(`?developer=${portal.developerId}`);
    expect(ofDeveloper).toContain('application.access-requested.v1');
    expect(ofDeveloper).not.toContain('product.created.v1');
    expect((await list('?actor=nobody')).body.data).toEqual([]);
    expect((await list('?actor=admin&limit=1')).body.data).toHaveLength(1);
  });

  it('filters by time', async () => {
    const { body } = await list('?limit=1');
    const at = (body.data[0] as unknown as { at: string }).at;
    expect((await list(`?to=${at}`)).body.data).toEqual([]);
    expect((await list(`?from=${at}&limit=1`)).body.data[0]!.id).toBe(body.data[0]!.id);
  });

  it.each([
    ['from=yesterday', 'from'],
    ['type=x', 'type'],
    ['subject=x', 'subject'],
    ['developer=x', 'developer'],
    ['order=random', 'order'],
    ['limit=101', 'limit'],
    ['after=1', 'after'],
    ['surplus=1', 'surplus'],
  ])('refuses %s', async (query, field) => {
    const answer = await auditor.get(`/audit/events?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body['invalid_parameters']).toMatchObject([{ field }]);
  });
});

describe('GET /audit/pending', () => {
  interface Pending {
    readonly data: readonly { readonly id: string; readonly kind: string; readonly since: string }[];
    readonly total: number;
    readonly next: string | null;
  }

  it('shows what waits, oldest first, for how long, and what decides', async () => {
    const { result } = await admin.command('RegisterDeveloper', {
      portal_id: portal.portalId,
      email: 'edith@example.com',
      full_name: 'Edith Clarke',
    });
    server.advance(60_000);
    const { applicationId, registrationId } = await buildApplication(admin, portal, 'Waiting');
    await caughtUp();
    const { body } = await auditor.get<Pending>('/audit/pending?limit=100');
    const since = body.data.map((item) => item.since);
    expect(since).toEqual([...since].sort());
    expect(body.total).toBe(body.data.length);
    const edith = body.data.find(({ id }) => id === result.id) as unknown as { waiting_seconds: number };
    expect(edith).toMatchObject({
      kind: 'developer',
      developer_id: result.id,
      developer_name: 'Edith Clarke',
      developer_email: 'edith@example.com',
      developer_email_confirmed: false,
      portal_name: 'petstore-portal',
      decide_with: ['ApproveDeveloper', 'RejectDeveloper'],
    });
    expect(edith.waiting_seconds).toBeGreaterThanOrEqual(60);
    expect(body.data.find(({ id }) => id === registrationId)).toMatchObject({
      kind: 'registration',
      application_id: applicationId,
      application_name: 'Waiting',
      product_name: 'Petstore',
      product_version_name: 'v1',
      developer_name: 'Ada Lovelace',
      decide_with: ['ApproveApp', 'RejectApp'],
    });
    await admin.command('RejectApp', { application_id: applicationId });
    await caughtUp();
    const after = await auditor.get<Pending>('/audit/pending?limit=100');
    expect(after.body.data.map(({ id }) => id)).not.toContain(registrationId);
  });

  it('pages with a cursor', async () => {
    const third = { portal_id: portal.portalId, email: 'third@example.com', full_name: 'A Third' };
    await admin.command('RegisterDeveloper', third);
    await caughtUp();
    const all = (await auditor.get<Pending>('/audit/pending?limit=100')).body.data.map(({ id }) => id);
    expect(all.length).toBeGreaterThan(2);
    const seen: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const { body }: { body: Pending } = await auditor.get<Pending>(
        `/audit/pending?limit=1${after && `&after=${after}`}`,
      );
      seen.push(...body.data.map(({ id }) => id));
      after = body.next;
    }
    expect(seen).toEqual(all);
    const { body } = await auditor.get<Pending>(`/audit/pending?kind=developer&portal=${portal.portalId}`);
    expect(new Set(body.data.map(({ kind }) => kind))).toEqual(new Set(['developer']));
  });

  it.each(['kind=x', 'portal=x', 'after=x', 'limit=x'])('refuses %s', async (query) => {
    expect((await auditor.get(`/audit/pending?${query}`)).status).toBe(400);
  });
});

it.each(['/audit/events', '/audit/pending', '/audit/products/0190e6a0-0000-7000-8000-000000000000'])(
  '%s is for auditors',
  async (path) => {
    expect((await testClient(server.url).get(path)).status).toBe(401);
    const body = { name: 'feeder', role: 'analytics' };
    const issued = await admin.send<{ token: string }>('POST', '/tokens', { body });
    expect((await testClient(server.url, issued.body.token).get(path)).status).toBe(403);
  },
);
