import { randomUUID } from 'node:crypto';
import { COMMANDS } from '#domain/command-table.js';
import { testClient, type TestClient } from '../support/client.js';
import { buildApplication, buildPortal, type TestPortal } from '../support/portal.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let admin: TestClient;
let portal: TestPortal;

beforeAll(async () => {
  server = await startTestServer();
  admin = testClient(server.url, server.adminToken);
  portal = await buildPortal(admin);
});
afterAll(() => server.stop());

describe('POST /commands/{name}', () => {
  it('answers what was written', async () => {
    const answer = await admin.send('POST', '/commands/CreateApplication', {
      body: { developer_id: portal.developerId, name: 'Answered', reference_id: 'answered-1' },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      outcome: 'accepted',
      revision: 0,
      result: { name: 'Answered', reference_id: 'answered-1' },
      events: [{ type: 'application.created.v1' }],
    });
    expect(answer.body['position']).toBe(answer.headers.get('gatehouse-position'));
    expect(answer.headers.get('etag')).toMatch(/^"0\./);
  });

  it('answers unchanged, without a position, when there is nothing to do', async () => {
    const answer = await admin.command('ApproveDeveloper', { developer_id: portal.developerId });
    expect(answer).toMatchObject({ outcome: 'unchanged', events: [], position: null });
  });

  it('shows a key once, never to be stored by anything in between', async () => {
    const { applicationId } = await buildApplication(admin, portal, 'Keys');
    const answer = await admin.send('POST', '/commands/GenerateCredential', {
      body: { application_id: applicationId },
    });
    expect((answer.body['result'] as { credential: string }).credential).toMatch(/^gh_/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('refuses with a stable code and what is possible instead', async () => {
    const { applicationId } = await buildApplication(admin, portal, 'Refused');
    await admin.command('RejectApp', { application_id: applicationId, reason: 'Not yet.' });
    const answer = await admin.send('POST', '/commands/RevokeApp', { body: { application_id: applicationId } });
    expect(answer.status).toBe(409);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body['code']).toEqual(expect.stringMatching(/^[a-z_]+$/));
  });

  it('names the fields at fault', async () => {
    const answer = await admin.send('POST', '/commands/ApproveApp', {
      body: { application_id: 'nonsense', surplus: 1 },
    });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body['invalid_parameters'])).toContain('surplus');
  });

  it('refuses at another revision than the sender saw', async () => {
    const { applicationId } = await buildApplication(admin, portal, 'Raced');
    const body = { application_id: applicationId };
    const stale = await admin.send('POST', '/commands/ApproveApp', { body, headers: { 'if-match': '"0"' } });
    expect(stale.status).toBe(412);
    const same = await admin.send('POST', '/commands/ApproveApp', { body: { ...body, expected_revision: 0 } });
    expect(same.status).toBe(412);
  });

  it('answers a repeat with the first answer, the key included', async () => {
    const { applicationId } = await buildApplication(admin, portal, 'Repeated');
    const headers = { 'idempotency-key': randomUUID() };
    const options = { body: { application_id: applicationId }, headers };
    const first = await admin.send('POST', '/commands/GenerateCredential', options);
    const second = await admin.send('POST', '/commands/GenerateCredential', options);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.headers.get('cache-control')).toBe('no-store');
  });

  it('takes no event that names content which is not stored', async () => {
    const answer = await admin.send('POST', '/commands/AddDocument', {
      body: {
        product_id: portal.productId,
        slug: 'guide',
        title: 'Guide',
        status: 'published',
        content_sha256: 'a'.repeat(64),
        size: 1,
      },
    });
    expect(answer.status).toBe(400);
    expect(answer.body['invalid_parameters']).toMatchObject([{ field: 'content_sha256' }]);
  });

  it.each(['# A guide', '[{}]', '{}'])('takes no list of operations that is none: %s', async (content) => {
    const operations_sha256 = await server.services.blobs.put(Buffer.from(content));
    const answer = await admin.send('POST', '/commands/AddSpecification', {
      body: {
        product_id: portal.productId,
        product_version_id: portal.versionId,
        name: 'a.json',
        content_sha256: operations_sha256,
        operations_sha256,
        size: 1,
      },
    });
    expect(answer.status).toBe(400);
    expect(answer.body['invalid_parameters']).toMatchObject([{ field: 'operations_sha256' }]);
  });

  it.each([
    ['ApprovApp', 'ApproveApp'],
    ['approve_app', 'ApproveApp'],
    ['CreateApp', 'CreateApplication'],
  ])('suggests what %s may mean', async (name, meant) => {
    const answer = await admin.send('POST', `/commands/${name}`, { body: {} });
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ code: 'no_such_command', possible: [meant] });
  });

  it('does not take what only developers or the service itself send', async () => {
    const answer = await admin.send('POST', '/commands/ExpireCredential', { body: {} });
    expect(answer.status).toBe(404);
    expect(answer.body['code']).toBe('no_such_command');
  });
});

describe('GET /commands', () => {
  it('describes every command of the table', async () => {
    const { body } = await admin.get<{ data: { name: string; path: string | null; schema: object }[] }>('/commands');
    expect(body.data.map(({ name }) => name)).toEqual([...COMMANDS.keys()]);
    expect(body.data.find(({ name }) => name === 'ApproveApp')).toMatchObject({
      path: '/commands/ApproveApp',
      permission: ['admin', 'approver', 'integration'],
      causes: ['application.access-approved.v1'],
      schema: { required: ['application_id'], properties: { registration_ids: { type: 'array' } } },
    });
    expect(body.data.find(({ name }) => name === 'ConfirmEmail')?.path).toBeNull();
  });
});

describe('GET /commands/{id}', () => {
  it('gives the receipt, without the secret', async () => {
    const { applicationId } = await buildApplication(admin, portal, 'Receipts');
    const sent = await admin.command('GenerateCredential', { application_id: applicationId });
    const receipt = await admin.get(`/commands/${sent.command_id}`);
    expect(receipt.body).toMatchObject({
      command_id: sent.command_id,
      command: 'GenerateCredential',
      actor: { kind: 'admin', id: 'admin' },
      stream: sent.stream,
      position: sent.position,
      events: [{ id: sent.events[0]!.id, type: 'application.credential-generated.v1', position: sent.position }],
    });
    expect(receipt.text).not.toContain(String(sent.result['credential']));
  });

  it('is 404 for a command that changed nothing', async () => {
    const { command_id } = await admin.command('ApproveDeveloper', { developer_id: portal.developerId });
    expect((await admin.get(`/commands/${command_id}`)).status).toBe(404);
    expect((await admin.get('/commands/nonsense')).status).toBe(404);
  });
});

describe('roles', () => {
  it('lets an integration send, and signs its name', async () => {
    const issued = await admin.send<{ token: string }>('POST', '/tokens', {
      body: { name: 'billing', role: 'integration' },
    });
    const billing = testClient(server.url, issued.body.token);
    const created = await billing.command('CreateApplication', { developer_id: portal.developerId, name: 'Billed' });
    const receipt = await billing.get(`/commands/${created.command_id}`);
    expect(receipt.body['actor']).toEqual({ kind: 'integration', id: 'billing' });
  });

  it('keeps others out', async () => {
    const body = { developer_id: portal.developerId, name: 'Nobody' };
    const nobody = await testClient(server.url).send('POST', '/commands/CreateApplication', { body });
    expect(nobody.status).toBe(401);
    const issued = await admin.send<{ token: string }>('POST', '/tokens', { body: { name: 'eve', role: 'auditor' } });
    const auditor = testClient(server.url, issued.body.token);
    expect((await auditor.send('POST', '/commands/CreateApplication', { body })).status).toBe(403);
  });
});
