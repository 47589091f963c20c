/**
 * Holds answers of the management and the portal surface against OpenAPI documents of Kong's that this project does not carry:
 * GATEHOUSE_REFERENCE_SPECS names the folder with api-products-v2.yaml, application-auth-strategies-v2.yaml,
 * portal-management-v2.yaml and dev-portal-v2.yaml. Prints what it found; exits with 1 if an answer does not fit.
 */
import { join } from 'node:path';
import { walkManagement, type Admin, type People } from './management-walk.js';
import { publishedSpec, type PublishedSpec } from './published-spec.js';
import { REFERENCE_UNDECLARED } from './reference-exceptions.js';
import { conformanceScene, type ConformanceScene } from './scene.js';
import { portalSdk } from './sdk.js';
import { USES, type Names } from './uses.js';
import { approvedDeveloper } from '../support/developers.js';
import { startTestServer, type TestServer } from '../support/server.js';

const folder = process.env['GATEHOUSE_REFERENCE_SPECS'];
if (!folder) throw new Error('Set GATEHOUSE_REFERENCE_SPECS to the folder with the documents.');

const seen = new Map<string, Set<number>>();
const faults: string[] = [];
const note = (operation: string, status: number) =>
  void seen.set(operation, (seen.get(operation) ?? new Set()).add(status));

const load = (name: string, prefix = ''): PublishedSpec =>
  publishedSpec(join(folder, name), { undeclared: REFERENCE_UNDECLARED, prefix });

const management = ['api-products-v2.yaml', 'application-auth-strategies-v2.yaml', 'portal-management-v2.yaml'].map(
  (name) => load(name, '/v2'),
);

function adminOf(server: TestServer): Admin {
  return async (method, path, body) => {
    const response = await fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${server.adminToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
    attempt(() => {
      const [spec, operation] = find(method, path.split('?')[0]!);
      const contentType = response.headers.get('content-type') ?? undefined;
      spec.check(operation, { status: response.status, contentType, body: parsed });
      note(operation.id, response.status);
    });
    return parsed ?? {};
  };
}

function find(method: string, path: string) {
  for (const spec of management) {
    try {
      return [spec, spec.operationOf(method, path)] as const;
    } catch {
      continue;
    }
  }
  throw new Error(`No document has ${method} ${path}`);
}

function attempt(check: () => void): void {
  try {
    check();
  } catch (error) {
    faults.push((error as Error).message);
  }
}

/** The portal's answers, by the published client, against the document that Kong publishes today. */
async function walkPortal(server: TestServer, scene: ConformanceScene, people: People): Promise<void> {
  const spec = load('dev-portal-v2.yaml');
  const sdk = portalSdk({ url: server.url, spec, onAnswer: note, host: 'petstore.localhost' });
  const { access } = await server.services.sessions.startSession(people.developerId, scene.portal);
  sdk.cookies.set('portalaccesstoken', access);
  const { data } = await sdk.credentials.createCredential({ applicationId: people.applicationId });
  const names: Names = {
    ...people,
    credentialId: data.id,
    productId: scene.productId,
    productVersionId: scene.keyVersionId,
    documentId: 'start',
    pageSize: 5,
  };
  const uses = Object.entries(USES).filter(([operation]) => !operation.startsWith('delete-'));
  const others = [
    () => sdk.portal.getPortalContext(),
    () => sdk.portal.getPortalAppearance(),
    () =>
      sdk.documentation.listProductDocuments({
        productId: scene.productId,
        accept: 'application/vnd.konnect.document-tree+json',
      }),
    () =>
      sdk.documentation.getProductDocument({
        productId: scene.productId,
        documentId: 'start',
        accept: 'application/vnd.konnect.document-nodes+json',
      }),
  ];
  for (const use of [
    ...uses.map(
      ([, one]) =>
        () =>
          one(sdk, names),
    ),
    ...others,
  ]) {
    await use().catch((error: Error) => faults.push(error.message));
  }
}

async function peopleOf(server: TestServer, scene: ConformanceScene): Promise<People> {
  const { send } = scene;
  const { id: developerId } = await approvedDeveloper(server, send, scene.portal, 'ada@example.org');
  const { id: applicationId } = await send('CreateApplication', { developer_id: developerId, name: 'Fleet' });
  const request = { application_id: applicationId, product_version_id: scene.keyVersionId };
  const { id: registrationId } = await send('RequestAccess', request);
  return { developerId, applicationId, registrationId };
}

const server = await startTestServer();
try {
  const scene = await conformanceScene(server);
  const people = await peopleOf(server, scene);
  await walkPortal(server, scene, people);
  await walkManagement(adminOf(server), scene, people);
} finally {
  await server.stop();
}
for (const [operation, statuses] of [...seen].sort())
  console.log(`${operation.padEnd(48)} ${[...statuses].sort().join(' ')}`);
console.log(`${seen.size} operations`);
for (const fault of new Set(faults)) console.log(`\nFAULT ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
