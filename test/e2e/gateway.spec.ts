import { request } from 'node:http';
import { testClient, type TestClient } from '../support/client.js';
import { buildApplication, buildPortal, type TestApplication, type TestPortal } from '../support/portal.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let admin: TestClient;
let gateway: TestClient;
let portal: TestPortal;
let good: TestApplication;

beforeAll(async () => {
  server = await startTestServer();
  admin = testClient(server.url, server.adminToken);
  gateway = testClient(server.url);
  portal = await buildPortal(admin);
  good = await buildApplication(admin, portal, 'Good');
  await admin.command('ApproveApp', { application_id: good.applicationId });
});
afterAll(() => server.stop());

const check = (key?: string, version = portal.versionId) =>
  gateway.get(`/gateway/check?product_version=${version}`, key === undefined ? {} : { apikey: key });

/** The reason of the newest refusal in the log. */
const reason = (): unknown =>
  server.logLines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ denied }) => denied !== undefined)
    .at(-1)?.['denied'];

describe('a call that may go through', () => {
  it('is told whose it is', async () => {
    const answer = await check(good.key);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'gatehouse-application-id': good.applicationId,
      'gatehouse-developer-id': portal.developerId,
      'gatehouse-product-version-id': portal.versionId,
      'gatehouse-credential-id': good.credentialId,
    });
  });

  it('names the application by a reference that is safe in a header', async () => {
    const odd = await buildApplication(admin, portal, 'Odd');
    await admin.command('EditApplication', { application_id: odd.applicationId, reference_id: 'Grüße, 世界' });
    await admin.command('ApproveApp', { application_id: odd.applicationId });
    const answer = await check(odd.key);
    expect(decodeURIComponent(answer.headers.get('gatehouse-application-reference')!)).toBe('Grüße, 世界');
  });

  it.each<[string, (key: string, version: string) => [string, Record<string, string>]]>([
    ['another name of the strategy', (key, v) => [`/gateway/check?product_version=${v}`, { 'x-api-key': key }]],
    ['the query', (key, v) => [`/gateway/check?product_version=${v}&apikey=${key}`, {}]],
    [
      'the original address of nginx',
      (key, v) => [`/gateway/check?product_version=${v}`, { 'x-original-uri': `/pets?limit=3&apikey=${key}` }],
    ],
    ['the path and query that Envoy forwards', (key, v) => [`/gateway/check/${v}/pets/7?apikey=${key}&limit=3`, {}]],
    ['the version in the path alone', (key, v) => [`/gateway/check/${v}`, { apikey: key }]],
    [
      'a second header that holds a foreign key',
      (key, v) => [
        `/gateway/check?product_version=${v}`,
        { 'a-first': `${key.slice(0, -1)}x`, 'x-other': key, apikey: key },
      ],
    ],
  ])('may carry its key in %s', async (_, call) => {
    const [path, headers] = call(good.key, portal.versionId);
    expect((await gateway.get(path, headers)).status).toBe(200);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])('may be a %s', async (method) => {
    const headers = { apikey: good.key };
    expect((await gateway.send(method, `/gateway/check/${portal.versionId}/pets`, { headers })).status).toBe(200);
  });

  it('may have a body of any kind, which is not read', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { apikey: good.key, 'content-type': 'text/csv' };
      const asking = request(`${server.url}/gateway/check/${portal.versionId}`, { method: 'POST', headers }, (answer) =>
        resolve(answer.resume().statusCode),
      );
      asking.on('error', reject);
      asking.end('{"not json"');
    });
    expect(status).toBe(200);
  });
});

describe('a call that may not', () => {
  const bodies = new Set<string>();
  const expectRefusal = async (key: string | undefined, status: number, why: string, version?: string) => {
    const answer = await check(key, version);
    expect(answer.status).toBe(status);
    expect(reason()).toBe(why);
    const { instance: _, status: __, title: ___, ...body } = answer.body;
    bodies.add(JSON.stringify(body));
  };

  it('has no key, or none of ours', async () => {
    await expectRefusal(undefined, 401, 'no_key');
    await expectRefusal('something else', 401, 'no_key');
    await expectRefusal(`${good.key.slice(0, -6)}000000`, 401, 'malformed_key');
  });

  it('has a key that was never made', async () => {
    const { keyring } = server.services;
    const forged = (applicationId: string) =>
      keyring.mintKey({ applicationId, credentialId: good.credentialId, secret: Buffer.alloc(20, 1) }).key;
    await expectRefusal(forged(good.applicationId), 401, 'unknown_key');
    await expectRefusal(forged(portal.developerId), 401, 'unknown_application');
  });

  it('has its key where the strategy does not say', async () => {
    const headers = { 'x-other': good.key };
    const answer = await gateway.get(`/gateway/check?product_version=${portal.versionId}`, headers);
    expect(answer.status).toBe(401);
    expect(reason()).toBe('key_in_wrong_place');
    const bearer = await gateway.get(`/gateway/check?product_version=${portal.versionId}`, {
      authorization: `Bearer ${good.key}`,
    });
    expect(bearer.status).toBe(401);
  });

  it('has a revoked key, from the answer of the revocation on', async () => {
    const { applicationId, credentialId, key } = await buildApplication(admin, portal, 'Revoked');
    await admin.command('ApproveApp', { application_id: applicationId });
    expect((await check(key)).status).toBe(200);
    await admin.command('RevokeCredential', { application_id: applicationId, credential_id: credentialId });
    await expectRefusal(key, 401, 'key_revoked');
  });

  it('has a good key, and no right', async () => {
    const { applicationId, key } = await buildApplication(admin, portal, 'Rights');
    await expectRefusal(key, 403, 'registration_pending');
    await expectRefusal(key, 403, 'no_registration', portal.productId);
    await admin.command('RejectApp', { application_id: applicationId });
    await expectRefusal(key, 403, 'registration_rejected');
    await admin.command('ApproveApp', { application_id: applicationId, registration_ids: await registrations() });
    expect((await check(key)).status).toBe(200);
    await admin.command('RevokeDeveloper', { developer_id: portal.developerId });
    await expectRefusal(key, 403, 'developer_not_approved');
    await admin.command('ApproveDeveloper', { developer_id: portal.developerId });
    expect((await check(key)).status).toBe(200);

    async function registrations(): Promise<string[]> {
      const { state } = await server.services.cache.load<{ registrations: { id: string }[] }>(
        'application',
        applicationId,
      );
      return state.registrations.map(({ id }) => id);
    }
  });

  it('has a rotated key whose overlap is over', async () => {
    const { applicationId, credentialId, key } = await buildApplication(admin, portal, 'Rotated');
    await admin.command('ApproveApp', { application_id: applicationId });
    await admin.command('RotateCredential', {
      application_id: applicationId,
      credential_id: credentialId,
      overlap_seconds: 600,
    });
    expect((await check(key)).status).toBe(200);
    server.advance(601_000);
    await expectRefusal(key, 401, 'key_expired');
  });

  it('learns nothing from the answer', () => expect([...bodies]).toHaveLength(1));

  it('is counted by its reason', async () => {
    const { text } = await admin.get('/metrics');
    expect(text).toMatch(/gatehouse_gateway_checks_total\{outcome="denied",reason="key_revoked"\} 1/);
    expect(text).toMatch(/gatehouse_gateway_checks_total\{outcome="allowed",reason="none"\} \d+/);
  });

  it('leaves no key in the log', () => expect(server.logLines.join('')).not.toContain(good.key));
});

describe('asking', () => {
  it('needs a version', async () => {
    const answer = await gateway.get('/gateway/check', { apikey: good.key });
    expect(answer.status).toBe(400);
    expect(answer.body['invalid_parameters']).toMatchObject([{ field: 'product_version' }]);
    expect((await gateway.get('/gateway/check/nonsense', { apikey: good.key })).status).toBe(400);
  });

  it('answers while the views stand still', async () => {
    await server.services.projections.pause();
    expect((await check(good.key)).status).toBe(200);
    await server.services.projections.resume();
  });

  it('takes a token that is sent, and only a good one', async () => {
    const path = `/gateway/check?product_version=${portal.versionId}`;
    const ask = (token: string) => gateway.get(path, { apikey: good.key, 'gatehouse-token': token });
    const issue = async (name: string, role: string) =>
      (await admin.send<{ token: string }>('POST', '/tokens', { body: { name, role } })).body.token;
    expect((await ask(await issue('edge', 'gateway'))).status).toBe(200);
    expect((await ask(await issue('someone', 'auditor'))).status).toBe(401);
    expect((await ask('ght_nonsense')).status).toBe(401);
  });
});

describe('a server that is not on loopback only', () => {
  it('needs a token of the role gateway', async () => {
    const remote = await startTestServer({ HOST: '0.0.0.0' });
    try {
      const client = testClient(remote.url);
      const path = `/gateway/check?product_version=${portal.versionId}`;
      const without = await client.get(path);
      expect(without.body['code']).toBe('not_authenticated');
      const own = await client.get(path, { 'gatehouse-token': remote.adminToken });
      expect(own.body['code']).toBe('call_refused');
      expect((await client.get('/metrics')).status).toBe(401);
    } finally {
      await remote.stop();
    }
  });
});
