import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandsOf, type Send } from '../support/commands.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let send: Send;
let scene: PortalScene;

beforeAll(async () => {
  server = await startTestServer();
  send = commandsOf(server);
  scene = await portalScene(send);
});

afterAll(() => server.stop());

const post = (path: string, body: object) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

function mails(): string[] {
  const dir = join(server.dataDir, 'outbox');
  return readdirSync(dir)
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .map((name) => readFileSync(join(dir, name), 'utf8'));
}

it('a developer who signs up gets a mail whose link leads to the portal on this server and works', async () => {
  await post('/api/v2/developer', { email: 'carol@example.com', full_name: 'Carol' });
  await server.services.reactors.settled();
  const mail = mails().find((text) => text.includes('To: carol@example.com'))!;
  const { default_domain } = (await server.services.reads.get('portals', scene.portal))!;
  const url = `http://${String(default_domain)}:${new URL(server.url).port}`;
  const link = new RegExp(`^${url}/login\\?token=([0-9a-f-]{36})&email=carol%40example\\.com\r$`, 'm').exec(mail)!;
  const answer = await post('/api/v2/developer/verify-email', { token: link[1] });
  expect(answer.status).toBe(202);
  expect(await answer.json()).toMatchObject({ email: 'carol@example.com' });
});

it('removing a developer takes the applications and the personal data along, and status shows nothing left to do', async () => {
  const events = await server.services.store.readStream(`developer-${scene.ada}`);
  const admin = { headers: { authorization: `Bearer ${server.adminToken}` } };
  const removal = await fetch(`${server.url}/v2/portals/${scene.portal}/developers/${scene.ada}`, {
    ...admin,
    method: 'DELETE',
  });
  expect(removal.status).toBe(204);
  await server.services.reactors.settled();
  const stream = await server.services.store.readStream(`application-${scene.adasApp}`);
  expect(stream.at(-1)!.type).toBe('application.deleted.v1');
  expect(await server.services.keyring.open(events[0]!.data['email'] as string)).toBeUndefined();
  const status = (await (await fetch(`${server.url}/status`, admin)).json()) as { reactors: { name: string }[] };
  expect(status.reactors).toEqual(status.reactors.map(() => expect.objectContaining({ parked: 0, waiting: 0 })));
  expect(status.reactors.map(({ name }) => name)).toEqual(expect.arrayContaining(['mail', 'cascades']));
});

it('log lines name nobody whom a mail went to', () => {
  expect(server.logLines.join('')).not.toMatch(/carol@|token=/);
});
