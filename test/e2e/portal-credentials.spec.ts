import { randomUUID } from 'node:crypto';
import { readIdempotency } from '../../apps/api/http/idempotency.js';
import type { GatehouseRequest } from '../../apps/api/http/context.js';
import { envelope } from '#command-handling/envelope.js';
import { DeleteApplication, GenerateCredential } from '#domain/application/commands.js';
import { checkedClient, type Answer, type Call } from '../support/checked-client.js';
import { commandsOf, type Send } from '../support/commands.js';
import { portalClient, refusalOf, type PortalCall } from '../support/portal-client.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let call: Call;
let send: Send;
let scene: PortalScene;
let ada: PortalCall;
let bob: PortalCall;
let keys: string;

beforeAll(async () => {
  server = await startTestServer();
  call = checkedClient(server);
  send = commandsOf(server);
  scene = await portalScene(send);
  ada = await portalClient(server, call, scene.ada, scene.portal);
  bob = await portalClient(server, call, scene.bob, scene.portal);
});
afterAll(() => server.stop());

/** An application of Ada's that uses API keys, with no key yet; `keys` is the path of its credentials. */
beforeEach(async () => {
  const { body } = await ada('POST', '/applications', { name: randomUUID(), auth_strategy_id: scene.keyStrategy });
  keys = `/applications/${body.id}/credentials`;
});

const eventsHere = async () => {
  const [, , id] = keys.split('/');
  return (await server.services.store.readStream(`application-${id}`)).map(({ type }) => type);
};
const listed = async () => (await ada('GET', keys)).body.data.map(({ display_name }) => display_name);
const checked = (key: string): Promise<Answer> =>
  call('GET', `/gateway/check/${scene.version}`, { token: null, headers: { 'x-api-key': key } });

describe('making a key', () => {
  it('shows it once, and nowhere else', async () => {
    const { status, body, headers } = await ada('POST', keys, { display_name: ' production ' });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { type: 'api_key', display_name: 'production', status: 'active' },
    });
    expect(headers.get('cache-control')).toBe('no-store');
    const { credential, ...shown } = body;
    expect(credential).toMatch(/^gh_[\w-]+$/);
    const list = await ada('GET', keys);
    expect(list.body).toEqual({ data: [shown], meta: { page: { number: 1, size: 10, total: 1 } } });
    expect(server.logLines.join('\n')).not.toContain(String(credential));
  });

  it('needs no body, and gives it a name and the expiry of the strategy', async () => {
    const [none, empty] = [await ada('POST', keys), await ada('POST', keys, {})];
    expect([none.body['display_name'], empty.body['display_name']]).toEqual(['Key 1', 'Key 2']);
    const year = Number(String(none.body['created_at']).slice(0, 4));
    expect(none.body['expires_at']).toMatch(new RegExp(`^${year + 1}-`));
  });

  it('answers the same key for the same Idempotency-Key, with one event', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await ada('POST', keys, { display_name: 'once' }, key);
    const again = await ada('POST', keys, { display_name: 'once' }, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('cache-control')).toBe('no-store');
    expect(await eventsHere()).toEqual(['application.created.v1', 'application.credential-generated.v1']);
    expect((await ada('POST', keys, { display_name: 'twice' }, key)).status).toBe(422);
    const other = await ada('POST', keys, { display_name: 'once' }, { 'idempotency-key': randomUUID() });
    expect(other.body['credential']).not.toBe(first.body['credential']);
  });

  it('is refused beyond twenty active ones, without leaving the page', async () => {
    for (let made = 0; made < 20; made++) expect((await ada('POST', keys)).status).toBe(201);
    expect(refusalOf(await ada('POST', keys))).toEqual({
      status: 400,
      code: 'credential_limit',
      fields: ['request'],
    });
    const { body } = await ada('GET', `${keys}?page[size]=100`);
    await ada('DELETE', `${keys}/${String(body.data[0]!['id'])}`);
    expect((await ada('POST', keys)).status).toBe(201);
  });

  it.each<[string, unknown, string]>([
    ['a long name', { display_name: 'x'.repeat(256) }, 'display_name'],
    ['a name that is no text', { display_name: 7 }, 'display_name'],
    ['an unknown field', { ttl: 1 }, 'ttl'],
  ])('is 400 for %s', async (_, body, field) => {
    expect(refusalOf(await ada('POST', keys, body))).toMatchObject({ status: 400, fields: [field] });
  });
});

describe('after a crash between writing and answering', () => {
  /** What such a process leaves behind: the command's events and its receipt, without the answer. */
  async function writtenOnly(name: string, method: string, path: string, body: object): Promise<string> {
    const secret = randomUUID();
    const actor = { kind: 'developer', id: scene.ada } as const;
    const request = { method, url: `/api/v2${path}`, headers: { 'idempotency-key': secret } };
    const { receipt, payload } = readIdempotency(
      request as unknown as GatehouseRequest,
      actor,
      server.services.keyring,
    )!;
    const idempotency = { receipt, payload, secret };
    const command = envelope(name, body, actor, { now: new Date(server.services.now()), idempotency });
    expect(await server.services.handler.execute(command)).toMatchObject({ kind: 'accepted' });
    return secret;
  }

  it('a repeat gets the key that was made', async () => {
    const body = Object.assign(new GenerateCredential(), { application_id: keys.split('/')[2]! });
    const secret = await writtenOnly('GenerateCredential', 'POST', keys, body);
    const repeat = () => ada('POST', keys, undefined, { 'idempotency-key': secret });
    const { status, body: key } = await repeat();
    expect([status, key['display_name']]).toEqual([201, 'Key 1']);
    expect((await checked(String(key['credential']))).status).toBe(403);
    expect((await repeat()).body).toEqual(key);
    expect(await listed()).toEqual(['Key 1']);
  });

  it('a repeat of a deletion succeeds, although there is nothing left to delete', async () => {
    const path = keys.slice(0, -'/credentials'.length);
    const body = Object.assign(new DeleteApplication(), { application_id: keys.split('/')[2]! });
    const secret = await writtenOnly('DeleteApplication', 'DELETE', path, body);
    expect((await ada('DELETE', path, undefined, { 'idempotency-key': secret })).status).toBe(204);
    expect((await ada('DELETE', path)).status).toBe(404);
  });
});

describe('an application without API keys', () => {
  it('has no list of them and gets none', async () => {
    const path = `/applications/${scene.bobsApp}/credentials`;
    expect(refusalOf(await bob('GET', path))).toEqual({ status: 409, code: 'credentials_not_for_strategy' });
    expect(refusalOf(await bob('POST', path))).toMatchObject({ status: 400, code: 'credentials_not_for_strategy' });
    expect((await bob('DELETE', `${path}/${randomUUID()}`)).status).toBe(404);
  });

  it('gets no new client secret here either', async () => {
    for (const [who, app] of [[bob, scene.bobsApp] as const, [ada, scene.adasApp] as const]) {
      const answer = await who('POST', `/applications/${app}/refresh-token`);
      expect(refusalOf(answer)).toMatchObject({ status: 400, code: 'client_secret_not_here' });
    }
  });
});

describe('a list of keys', () => {
  it('is in pages, newest first', async () => {
    for (const display_name of ['a', 'b', 'c']) {
      await ada('POST', keys, { display_name });
      server.advance(1);
    }
    expect(await listed()).toEqual(['c', 'b', 'a']);
    const { body } = await ada('GET', `${keys}?page[size]=2&page[number]=2`);
    expect(body).toMatchObject({ data: [{ display_name: 'a' }], meta: { page: { number: 2, size: 2, total: 3 } } });
    expect(refusalOf(await ada('GET', `${keys}?filter[status]=active`))).toMatchObject({ status: 400 });
  });
});

describe('renaming a key', () => {
  it('shows the new name', async () => {
    const { body } = await ada('POST', keys, { display_name: 'old' });
    const answer = await ada('PUT', `${keys}/${body.id}`, { display_name: 'new' });
    expect({ status: answer.status, body: answer.body }).toMatchObject({
      status: 200,
      body: { id: body.id, display_name: 'new', status: 'active' },
    });
    expect(answer.body).not.toHaveProperty('credential');
    expect(await listed()).toEqual(['new']);
  });

  it('is 400 without a name and 404 for no key of this application', async () => {
    const { body } = await ada('POST', keys);
    expect(refusalOf(await ada('PUT', `${keys}/${body.id}`, {}))).toMatchObject({
      status: 400,
      fields: ['display_name'],
    });
    const elsewhere = `/applications/${scene.adasApp}/credentials/${body.id}`;
    expect(refusalOf(await ada('PUT', elsewhere, { display_name: 'x' }))).toEqual({
      status: 404,
      code: 'credential_not_found',
    });
    expect(refusalOf(await ada('PUT', `${keys}/x`, { display_name: 'x' }))).toMatchObject({
      status: 400,
      fields: ['credentialId'],
    });
  });

  it('is 412 if the application has changed since', async () => {
    const { body, headers } = await ada('GET', keys.slice(0, -'/credentials'.length));
    const { body: key } = await ada('POST', keys);
    expect(body.id).toBe(keys.split('/')[2]);
    const stale = { 'if-match': headers.get('etag')! };
    expect((await ada('PUT', `${keys}/${key.id}`, { display_name: 'x' }, stale)).status).toBe(412);
  });
});

describe('deleting a key', () => {
  it('ends it at once, takes it off the list, and may be repeated', async () => {
    const registrations = `/applications/${keys.split('/')[2]}/registrations`;
    const { body: registration } = await ada('POST', registrations, { product_version_id: scene.version });
    await send('ApproveApp', { application_id: keys.split('/')[2], registration_ids: [registration.id] });
    const { body } = await ada('POST', keys);
    expect((await checked(String(body['credential']))).status).toBe(200);
    expect((await ada('DELETE', `${keys}/${body.id}`)).status).toBe(204);
    expect((await checked(String(body['credential']))).status).toBe(401);
    expect(await listed()).toEqual([]);
    const events = await eventsHere();
    expect((await ada('DELETE', `${keys}/${body.id}`)).status).toBe(204);
    expect(await eventsHere()).toEqual(events);
    const renamed = await ada('PUT', `${keys}/${body.id}`, { display_name: 'x' });
    expect(refusalOf(renamed)).toMatchObject({ status: 400, code: 'credential_not_active' });
  });

  it('is 404 for one that is not there', async () => {
    expect(refusalOf(await ada('DELETE', `${keys}/${randomUUID()}`))).toEqual({
      status: 404,
      code: 'credential_not_found',
    });
  });
});

describe('a key whose time is over', () => {
  it('is shown as expired, without waiting for anything to record it', async () => {
    await ada('POST', keys);
    server.advance(366 * 86_400_000);
    const later = await portalClient(server, call, scene.ada, scene.portal);
    expect((await later('GET', keys)).body.data).toMatchObject([{ status: 'expired' }]);
    expect(await eventsHere()).not.toContain('application.credential-expired.v1');
    expect((await ada('GET', keys)).status).toBe(401);
  });
});
