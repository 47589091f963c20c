import { testClient, type TestClient } from '../support/client.js';
import { buildApplication, buildPortal, type TestPortal } from '../support/portal.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface CloudEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly sequence: string;
  readonly redacted?: string;
  readonly data: Record<string, unknown>;
}

let server: TestServer;
let admin: TestClient;
let analytics: TestClient;
let portal: TestPortal;

beforeAll(async () => {
  server = await startTestServer();
  admin = testClient(server.url, server.adminToken);
  const body = { name: 'warehouse', role: 'analytics' };
  const issued = await admin.send<{ token: string }>('POST', '/tokens', { body });
  analytics = testClient(server.url, issued.body.token);
  portal = await buildPortal(admin);
});
afterAll(() => server.stop());

const read = (query = '') => analytics.get<CloudEvent[]>(`/events${query}`);
const cursor = async () => (await read('?limit=1000')).headers.get('gatehouse-next')!;

describe('a batch', () => {
  it('holds events as CloudEvents', async () => {
    const { body, headers, status } = await read();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('application/cloudevents-batch+json');
    const { logId } = server.services.store;
    const created = body.find(({ type }) => type === 'portal.created.v1')!;
    const stored = await server.services.store.readAt(BigInt(created.sequence));
    expect(created).toEqual({
      specversion: '1.0',
      id: stored!.id,
      source: `/gatehouse/${logId}`,
      type: 'portal.created.v1',
      subject: `portal-${portal.portalId}`,
      time: stored!.metadata['recorded_at'],
      recordedtime: stored!.metadata['recorded_at'],
      datacontenttype: 'application/json',
      sequence: stored!.position.toString().padStart(20, '0'),
      revision: 0,
      authtype: 'user',
      authid: 'admin',
      portalid: portal.portalId,
      command: 'CreatePortal',
      commandid: stored!.metadata['command_id'],
      correlationid: stored!.metadata['correlation_id'],
      causationid: stored!.metadata['causation_id'],
      data: stored!.data,
    });
  });

  it('says of every kind of caller what it is, and shows the streams of every kind', async () => {
    const body = { name: 'Reviewer', role: 'approver' };
    const { token, id } = (await admin.send<{ token: string; id: string }>('POST', '/tokens', { body })).body;
    const { result } = await admin.command('RegisterDeveloper', { portal_id: portal.portalId, full_name: 'Eve', email: 'eve@example.org' }); // prettier-ignore
    const approve = { body: { developer_id: result.id, reason: 'Known.' } };
    expect((await testClient(server.url, token).send('POST', '/commands/ApproveDeveloper', approve)).status).toBe(200);
    const approved = (await read(`?subject=developer-${result.id}`)).body.at(-1);
    expect(approved).toMatchObject({ type: 'developer.approved.v1', authtype: 'user', authid: 'Reviewer' });
    const issued = (await read(`?subject=serviceToken-${id}`)).body.at(-1);
    expect(issued).toMatchObject({ type: 'service-token.issued.v1', redacted: 'algorithm,digest' });
    expect((await read(`?subject=dcrProvider-${id}`)).body).toEqual([]);
  });

  it('has only attribute names and values that CloudEvents allows', async () => {
    for (const { data: _, ...attributes } of (await read('?limit=1000')).body) {
      for (const [name, value] of Object.entries(attributes)) {
        expect(name).toMatch(/^[a-z0-9]+$/);
        expect(['string', 'number']).toContain(typeof value);
      }
    }
  });

  it('names what it leaves out: personal fields and digests', async () => {
    await buildApplication(admin, portal, 'Redacted');
    const { body, text } = await read('?limit=1000');
    const left = new Map(body.map(({ type, redacted }) => [type, redacted]));
    expect(left.get('developer.registered.v1')).toBe('email,full_name');
    expect(left.get('developer.approved.v1')).toBe('reason');
    expect(left.get('application.credential-generated.v1')).toBe('digest');
    expect(left.get('application.created.v1')).toBeUndefined();
    for (const secret of ['ada@example.com', 'Lovelace', 'Known partner', 'sealed:v1', '"digest":']) {
      expect(text).not.toContain(secret);
    }
  });
});

describe('the cursor', () => {
  it('leads through the whole log, event by event, and stands at its end', async () => {
    const all: CloudEvent[] = [];
    let after: string | undefined;
    for (;;) {
      const { body, headers } = await read(`?limit=3${after ? `&after=${after}` : ''}`);
      const next = headers.get('gatehouse-next')!;
      expect(headers.get('link')).toBe(`</events?limit=3&after=${next}>; rel="next"`);
      after = next;
      if (body.length === 0) break;
      all.push(...body);
    }
    const stored = await server.services.store.readAll({ after: 0n, limit: 10_000 });
    expect(all.map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
    const head = await server.services.store.head();
    const last = all.at(-1)!.id;
    expect(after).toBe(`${server.services.store.logId}.${head}.${last.slice(-12)}`);
  });

  it('moves past what a filter leaves out', async () => {
    const { body, headers } = await read('?type=product.deleted.v1');
    expect(body).toEqual([]);
    expect(headers.get('gatehouse-next')).toMatch(`${headers.get('gatehouse-head')}.`);
  });

  it('is refused where it stands at another event: the log was restored and has grown again', async () => {
    const after = await cursor();
    const { status, body } = await read(`?after=${after.replace(/\w{12}$/, '0123456789ab')}`);
    expect([status, body]).toEqual([409, expect.objectContaining({ code: 'another_history' })]);
  });

  it('of another log is refused, and so is one ahead of this log', async () => {
    const other = await read('?after=00000000-0000-4000-8000-000000000000.1');
    expect([other.status, (other.body as unknown as { code: string }).code]).toEqual([409, 'another_log']);
    const ahead = await read(`?after=${server.services.store.logId}.999999`);
    expect([ahead.status, (ahead.body as unknown as { code: string }).code]).toEqual([409, 'position_ahead']);
  });

  it.each(['after=nonsense', 'limit=0', 'limit=1001', 'type=x.y', 'subject=nonsense', 'wait=61', 'surplus=1'])(
    'and the rest must make sense: %s',
    async (query) => {
      const answer = await read(`?${query}`);
      expect(answer.status).toBe(400);
    },
  );
});

describe('filters', () => {
  it('by types', async () => {
    const { body } = await read('?type=developer.approved.v1,portal.created.v1');
    expect(new Set(body.map(({ type }) => type))).toEqual(new Set(['developer.approved.v1', 'portal.created.v1']));
  });

  it('by stream, from a position on', async () => {
    const subject = `product-${portal.productId}`;
    const { body } = await read(`?subject=${subject}`);
    expect(body.length).toBeGreaterThan(2);
    expect(new Set(body.map((event) => event.subject))).toEqual(new Set([subject]));
    const { logId } = server.services.store;
    const rest = await read(`?subject=${subject}&after=${logId}.${BigInt(body[0]!.sequence)}`);
    expect(rest.body).toEqual(body.slice(1));
    const both = await read(`?subject=${subject}&type=product.created.v1`);
    expect(both.body).toEqual(body.slice(0, 1));
  });
});

describe('waiting', () => {
  it('is answered by the event that is waited for, not by others', async () => {
    const after = await cursor();
    const waiting = read(`?after=${after}&wait=30&type=product.edited.v1`);
    await admin.command('CreateProduct', { name: 'Unwanted' });
    await admin.command('EditProduct', { product_id: portal.productId, description: 'Wanted' });
    const { body } = await waiting;
    expect(body).toMatchObject([{ type: 'product.edited.v1', data: { description: 'Wanted' } }]);
  });

  it('ends empty when the time is over', async () => {
    const after = await cursor();
    const { body, headers } = await read(`?after=${after}&wait=1`);
    expect([body, headers.get('gatehouse-next')]).toEqual([[], after]);
  });

  it('is not needed when there is something already', async () => {
    expect((await read('?wait=60&limit=1')).body).toHaveLength(1);
  });

  it('ends when the server stops', async () => {
    const other = await startTestServer();
    const client = testClient(other.url, other.adminToken);
    const arrived = new Promise<void>((resolve) => {
      const { onAppended } = other.services.store;
      other.services.store.onAppended = (listener) => {
        resolve();
        return onAppended(listener);
      };
    });
    const waiting = client.get('/events?wait=60');
    await arrived;
    await other.stop();
    expect((await waiting).body).toEqual([]);
  });
});

it('is for analytics', async () => {
  expect((await testClient(server.url).get('/events')).status).toBe(401);
  const body = { name: 'auditor', role: 'auditor' };
  const issued = await admin.send<{ token: string }>('POST', '/tokens', { body });
  expect((await testClient(server.url, issued.body.token).get('/events')).status).toBe(403);
});
