import { DESCRIBED, pathOf, sampleBody, type DescribedOperation } from './operations.js';
import { ROLES, type Role } from '../../apps/api/http/operation.js';
import { commandsOf } from '../support/commands.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let scene: PortalScene;
let tokens: Readonly<Record<Role, string>>;
let ada: string;
let elsewhere: string;

beforeAll(async () => {
  // Not only loopback, so that gateways need a token as well.
  server = await startTestServer({ HOST: '0.0.0.0' });
  const send = commandsOf(server);
  scene = await portalScene(send, 'Guarded');
  const issued = await Promise.all(ROLES.map(async (role) => [role, await issue(role)] as const));
  tokens = Object.fromEntries(issued) as Record<Role, string>;
  const other = await portalScene(send, 'Elsewhere');
  ada = await session(scene.ada, scene.portal);
  elsewhere = await session(other.ada, other.portal);
});
afterAll(() => server.stop());

async function issue(role: Role): Promise<string> {
  const response = await fetch(`${server.url}/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: `test ${role}`, role }),
  });
  return ((await response.json()) as { token: string }).token;
}

async function session(developer: string, portal: string): Promise<string> {
  const { access } = await server.services.sessions.startSession(developer, portal);
  return `portalaccesstoken=${access}`;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}`, 'gatehouse-token': token });

interface Outcome {
  readonly status: number;
  readonly code?: string;
}

async function attempt(
  operation: DescribedOperation,
  headers: Readonly<Record<string, string>> = {},
  names: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const payload = sampleBody(operation);
  const response = await server.app.inject({
    method: operation.method as 'GET',
    url: pathOf(operation, names),
    headers: { host: 'guarded.localhost', ...headers },
    ...(payload ? { payload } : {}),
  });
  const problem = response.headers['content-type']?.toString().startsWith('application/problem+json');
  return { status: response.statusCode, ...(problem ? { code: (response.json() as { code: string }).code } : {}) };
}

/** The code tells "who are you?" from other reasons for a 401: an ended session, a call that a gateway may not let through. */
const stranger = { status: 401, code: 'not_authenticated' };

const named = (operations: readonly DescribedOperation[]) =>
  operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);
const roleOf = ({ access }: DescribedOperation): Role | undefined =>
  typeof access === 'object' ? access.role : undefined;

const byRole = DESCRIBED.filter((operation) => roleOf(operation) !== undefined);
const forDevelopers = DESCRIBED.filter(({ access }) => access === 'developer' || access === 'optional');
const forAnybody = DESCRIBED.filter(({ access }) => access === 'public' || access === 'cookie' || access === 'open');

it('knows every operation', () => {
  expect(byRole.length + forDevelopers.length + forAnybody.length).toBe(DESCRIBED.length);
  expect(DESCRIBED.length).toBeGreaterThan(120);
});

describe('an operation for a role', () => {
  it.each(named(byRole))('%s', async (_, operation) => {
    const role = roleOf(operation)!;
    const head = await server.services.store.head();
    expect(await attempt(operation)).toEqual(stranger);
    expect(await attempt(operation, bearer(`gha_${'x'.repeat(32)}`))).toEqual(stranger);
    expect(await attempt(operation, { authorization: `Basic ${tokens[role]}` })).toEqual(stranger);
    expect(await attempt(operation, { cookie: ada })).toEqual(stranger);
    expect(await attempt(operation, { ...bearer('nonsense'), cookie: ada })).toEqual(stranger);
    const enough = new Set<Role>(operation.roles);
    expect([...enough]).toEqual(expect.arrayContaining(['admin', role]));
    // The check has a header of its own for the gateway's token, and gives everybody else one answer.
    const refused = operation.path.startsWith('/gateway/check') ? stranger : { status: 403, code: 'not_permitted' };
    for (const other of ROLES.filter((one) => !enough.has(one))) {
      expect([other, await attempt(operation, bearer(tokens[other]))]).toEqual([other, refused]);
    }
    expect(await server.services.store.head()).toBe(head);
    for (const other of enough) {
      const outcome = await attempt(operation, bearer(tokens[other]));
      expect([other, outcome]).not.toEqual([other, stranger]);
      expect(outcome.code).not.toBe('not_permitted');
      expect(outcome.status).toBeLessThan(500);
    }
  });
});

it('lets approvers decide on people and requests, read what it takes, and nothing else', () => {
  const allowed = byRole
    .filter(({ roles }) => roles.includes('approver'))
    .map(({ method, path }) => `${method} ${path}`);
  expect(allowed.sort()).toEqual(
    [
      'GET /audit/applications/{id}',
      'GET /audit/developers/{id}',
      'GET /audit/pending',
      'GET /v2/portals/{portalId}/application-registrations',
      'GET /v2/portals/{portalId}/applications',
      'GET /v2/portals/{portalId}/applications/{applicationId}',
      'GET /v2/portals/{portalId}/applications/{applicationId}/registrations',
      'GET /v2/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}',
      'GET /v2/portals/{portalId}/developers',
      'GET /v2/portals/{portalId}/developers/{developerId}',
      'PATCH /v2/portals/{portalId}/applications/{applicationId}/registrations/{registrationId}',
      'PATCH /v2/portals/{portalId}/developers/{developerId}',
      'POST /commands/ApproveApp',
      'POST /commands/ApproveDeveloper',
      'POST /commands/RejectApp',
      'POST /commands/RejectDeveloper',
      'POST /commands/RevokeApp',
      'POST /commands/RevokeDeveloper',
    ].sort(),
  );
});

it('gives the other roles the operations that name them and a few more, and administrators all', () => {
  const more: Readonly<Record<string, readonly string[]>> = { queryAccessStatistics: ['auditor'] };
  for (const operation of byRole) {
    const expected: readonly unknown[] = ['admin', roleOf(operation), ...(more[operation.id] ?? [])];
    const others = operation.roles.filter((role) => role !== 'approver');
    expect([operation.id, others]).toEqual([operation.id, ROLES.filter((role) => expected.includes(role))]);
  }
});

describe('an operation for developers', () => {
  it.each(named(forDevelopers))('%s', async (_, operation) => {
    expect(await attempt(operation)).toEqual(stranger);
    expect(await attempt(operation, { cookie: 'portalaccesstoken=made-up' })).toEqual(stranger);
    expect(await attempt(operation, { cookie: elsewhere })).toEqual(stranger);
    expect(await attempt(operation, bearer(server.adminToken))).toEqual(stranger);
    expect(await attempt(operation, bearer(tokens.integration))).toEqual(stranger);
    const mine = await attempt(operation, { cookie: ada });
    expect(mine.status).not.toBe(401);
    expect(mine.status).not.toBe(403);
    expect(mine.status).toBeLessThan(500);
  });

  const ofApplications = forDevelopers.filter(({ path }) => path.includes('{applicationId}'));

  it.each(named(ofApplications))('%s does not know the application of another', async (_, operation) => {
    const names = {
      applicationId: scene.bobsApp,
      registrationId: scene.approved,
      productVersionId: scene.oidcVersion,
    };
    expect(await attempt(operation, { cookie: ada }, names)).toMatchObject({ status: 404 });
  });

  it('has such operations', () => expect(ofApplications.length).toBeGreaterThan(10));
});

describe('an operation for anybody', () => {
  it.each(named(forAnybody.filter(({ method, id }) => method === 'GET' && id !== 'readMetrics')))(
    '%s',
    async (_, operation) => {
      const outcome = await attempt(operation);
      expect(outcome).not.toEqual(stranger);
      expect(outcome.status).toBeLessThan(500);
    },
  );
});

it('shows measurements to administrators alone once the server is not on loopback', async () => {
  const metrics = DESCRIBED.find(({ id }) => id === 'readMetrics')!;
  expect(await attempt(metrics)).toEqual(stranger);
  expect(await attempt(metrics, bearer(tokens.analytics))).toEqual({ status: 403, code: 'not_permitted' });
  expect((await attempt(metrics, bearer(tokens.admin))).status).toBe(200);
});

it('leaves the list of those with access as it is known', () => {
  const ids = (access: string) => DESCRIBED.filter((one) => one.access === access).map(({ id }) => id);
  expect(ids('open').sort()).toEqual(
    ['isAlive', 'isReady', 'readDocsFile', 'readMetrics', 'readOpenApi', 'showDocs', 'showHome'].sort(),
  );
  expect(ids('cookie').sort()).toEqual(['logout', 'refresh', 'authenticate'].sort());
});
