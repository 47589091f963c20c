import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { callWith, portal, signIn, walkGuide, type Person } from './person.js';
import { found, foundInFiles } from './search.js';
import { commandsOf, type Send } from '../support/commands.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

const IDENTITY = {
  email: 'mayfly@pond.example',
  full_name: 'Ephemera Danica Vulgata',
  password: 'brief plum granite 40',
};

let server: TestServer;
let send: Send;
let scene: PortalScene;
let person: Person;
/** Before the person was removed: their events, and their key as the vault kept it. */
let events: readonly { id: string; data: unknown }[];
let wrapped: string;

beforeAll(async () => {
  server = await startTestServer();
  send = commandsOf(server);
  scene = await portalScene(send, 'Pond');
  person = await walkGuide(server, scene, IDENTITY, send);
  await portal(server, 'POST', '/developer/forgot-password', 200, { body: { email: person.email } });
  await server.services.reactors.settled();
  events = await stored();
  const record = await server.services.vault.get('person-key', person.developerId);
  ({ wrapped } = record!.value as { wrapped: string });
  expect((await openAll()).length).toBeGreaterThan(2);
  await send('RemoveDeveloper', { developer_id: person.developerId, reason: `${IDENTITY.full_name} asked us to` });
  await server.services.reactors.settled();
  await server.services.projections.waitFor(await server.services.store.head(), 5000);
});
afterAll(() => server.stop());

const stored = () => server.services.store.readAll({ after: 0n, limit: 10_000 });

/** Every sealed text of the log that opens, for whomever. */
async function openAll(): Promise<string[]> {
  const sealed = JSON.stringify((await stored()).map(({ data }) => data)).match(/sealed:v1:[\w-]+/g) ?? [];
  const opened = await server.services.keyring.openMany(sealed);
  return opened.filter((text): text is string => text !== undefined);
}

async function admin(path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${server.adminToken}` } });
  return { status: response.status, text: await response.text() };
}

const { password: _, ...personal } = IDENTITY;

describe('a removed developer', () => {
  it('has no session, no password and no key that works', async () => {
    const me = { headers: { cookie: person.cookie } };
    await portal(server, 'GET', '/developer/me', 401, me);
    await portal(server, 'POST', '/developer/refresh', 401, me);
    await expect(signIn(server, person)).rejects.toThrow('401');
    expect(await callWith(server, scene, person.key)).toBe(401);
  });

  it('is opened nowhere any more', async () => {
    expect(found(personal, (await openAll()).join('\n'))).toEqual([]);
    for (const path of [
      `/audit/developers/${person.developerId}`,
      `/audit/applications/${person.applicationId}`,
      '/audit/events?limit=100',
      `/v2/portals/${scene.portal}/developers?page[size]=100`,
      `/v2/portals/${scene.portal}/applications?page[size]=100`,
      '/events?limit=1000',
    ]) {
      const { status, text } = await admin(path);
      expect(status).toBe(200);
      expect(found(personal, text)).toEqual([]);
    }
  });

  it('is told of in the audit without a name', async () => {
    const { text } = await admin(`/audit/developers/${person.developerId}`);
    expect(text).toContain('A person who was forgotten');
    expect(text).toContain('developer.removed');
  });

  it('leaves the log as it was', async () => {
    const after = await stored();
    expect(after.length).toBeGreaterThan(events.length);
    expect(after.slice(0, events.length)).toEqual(events);
  });

  it('takes their applications along', async () => {
    const { status } = await admin(`/v2/applications/${person.applicationId}`);
    expect(status).toBe(404);
  });

  it('leaves nothing in the vault but that they are forgotten', async () => {
    const { vault } = server.services;
    for (const kind of ['password', 'session', 'mail-token']) {
      expect([kind, await vault.list(kind, { owner: person.developerId, limit: 10 })]).toEqual([kind, []]);
    }
    expect((await vault.get('person-key', person.developerId))!.value).toEqual({ destroyed: true });
  });

  it('leaves no byte of the key in a file, nor of what it sealed in the clear', async () => {
    expect(wrapped.length).toBeGreaterThan(40);
    for (const name of ['vault.db', 'vault.db-wal']) {
      const bytes = await readFile(join(server.dataDir, name)).catch(() => Buffer.alloc(0));
      expect([name, bytes.includes(wrapped)]).toEqual([name, false]);
    }
    expect(await foundInFiles({ ...IDENTITY, key: person.key }, server.dataDir, ['outbox'])).toEqual({});
  });

  it('may sign up again with the same address, as somebody new', async () => {
    const again = await walkGuide(server, scene, { ...IDENTITY, full_name: 'Ephemera Redux' }, send);
    expect(again.developerId).not.toBe(person.developerId);
    const { text } = await admin(`/audit/developers/${person.developerId}`);
    expect(found(personal, text)).toEqual([]);
    expect(await callWith(server, scene, again.key)).toBe(200);
  });
});
