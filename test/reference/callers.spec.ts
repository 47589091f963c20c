import { RATE } from '../../apps/api/reference/rate.js';
import { approvedDeveloper, signIn } from '../support/developers.js';
import { startTestServer, type TestServer } from '../support/server.js';
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
let scene: ReferenceScene;

beforeAll(async () => {
  api = await startApi();
  server = await startTestServer({ GATEHOUSE_OUTBOUND_PRIVATE: '127.0.0.1' });
  scene = await referenceScene(server, JSON.stringify(description(`${api.url}/v1`, 'https://a.example.org')));
});
afterEach(() => {
  api.calls.length = 0;
});
afterAll(async () => {
  await server.stop();
  await api.close();
});

const given = () => ({ server, scene, api });
const attempt = (tried: Attempt = {}) => attemptCall(given(), tried);
const refused = (tried: Attempt) => refusedCall(given(), tried);

describe('a caller', () => {
  it.each([
    ['of another site', { origin: 'https://evil.example' }],
    ['of another site that sends no origin', { origin: '', 'sec-fetch-site': 'cross-site' }],
    ['of another program on this machine', { origin: 'http://localhost:5173' }],
    ['of a neighbouring host', { origin: 'http://pets.localhost:1', 'sec-fetch-site': 'same-site' }],
    ['with an empty origin', { origin: '' }],
    ['with a null origin', { origin: 'null' }],
  ])('%s is refused', async (_, headers) => {
    expect(await refused({ headers: headers as Record<string, string> })).toEqual([403, 'foreign_origin']);
  });

  it('who is not signed in is refused', async () => {
    expect(await refused({ headers: { cookie: '' } })).toEqual([401, 'not_authenticated']);
    expect(await refused({ headers: { cookie: 'portalaccesstoken=made-up' } })).toEqual([401, 'not_authenticated']);
  });

  it('is refused with the application of another developer', async () => {
    const bob = await approvedDeveloper(server, scene.send, scene.portal, 'bob@example.org', 'Bob');
    const cookie = await signIn(server, bob);
    expect(await refused({ headers: { cookie } })).toEqual([404, 'not_found']);
  });

  it('is refused with an application whose access was revoked just now', async () => {
    const application_id = await allowedApplication(scene.send, scene.ada, scene.strategy, scene.version, 'Revoked');
    expect((await attempt({ call: { application_id } })).status).toBe(200);
    api.calls.length = 0;
    await scene.send('RevokeApp', { application_id });
    expect(await refused({ call: { application_id } })).toEqual([403, 'access_not_approved']);
  });

  it('is refused with an application that never asked', async () => {
    const never = { developer_id: scene.ada, name: 'Never', auth_strategy_id: scene.strategy };
    const { id: application_id } = await scene.send('CreateApplication', never);
    expect(await refused({ call: { application_id } })).toEqual([403, 'access_not_approved']);
  });

  it('is refused for a version that was unpublished', async () => {
    const version = await publishedVersion(server, scene, JSON.stringify(description(`${api.url}/v1`)));
    const application_id = await allowedApplication(scene.send, scene.ada, scene.strategy, version, 'Late');
    const path = `/reference/${scene.product}/${version}`;
    expect((await attempt({ path, call: { application_id } })).status).toBe(200);
    api.calls.length = 0;
    const publication = { product_id: scene.product, product_version_id: version, portal_id: scene.portal };
    await scene.send('UnpublishProductVersion', publication);
    expect(await refused({ path, call: { application_id } })).toEqual([404, 'not_found']);
  });

  it('of many calls is asked to wait', async () => {
    server.advance(RATE.perMilliseconds);
    const calls = [];
    for (let made = 0; made < RATE.calls; made += 1) calls.push((await attempt()).status);
    expect(new Set(calls)).toEqual(new Set([200]));
    api.calls.length = 0;
    expect(await refused({})).toEqual([429, 'too_many_calls']);
    expect(Number((await attempt()).headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
