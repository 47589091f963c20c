import { callWith, mails, portal, walkGuide, type Person } from './person.js';
import { found, foundInFiles } from './search.js';
import { commandsOf, type Send } from '../support/commands.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

const IDENTITY = {
  email: 'Canary.Yellow@aviary.example',
  full_name: 'Serinus Canaria Domestica',
  password: 'feathered plum granite 71',
};

let server: TestServer;
let send: Send;
let scene: PortalScene;
let person: Person;
let auditor: string;
let analyst: string;
/** What nobody may find, by name. */
let secrets: Readonly<Record<string, string>>;
/** What only the person and administrators may see. */
let personal: Readonly<Record<string, string>>;
const answers: string[] = [];

beforeAll(async () => {
  server = await startTestServer({ GATEHOUSE_LOG_LEVEL: 'trace' });
  send = commandsOf(server);
  scene = await portalScene(send, 'Aviary');
  person = await walkGuide(server, scene, IDENTITY, send);
  expect(await callWith(server, scene, person.key)).toBe(200);
  const [, , secret] = person.key.split('_');
  [auditor, analyst] = [await issueToken('auditor'), await issueToken('analytics')];
  secrets = {
    password: IDENTITY.password,
    key: person.key,
    'secret of the key': secret!,
    'access token': person.access,
    'refresh token': person.refresh,
    'token to confirm': person.confirmToken,
    'token to set a password': person.passwordToken,
    'token of an auditor': auditor,
  };
  personal = {
    email: IDENTITY.email,
    'folded email': IDENTITY.email.toLowerCase(),
    name: IDENTITY.full_name,
    'folded name': IDENTITY.full_name.toLowerCase(),
  };
  await misuse();
  await server.services.projections.waitFor(await server.services.store.head(), 5000);
});
afterAll(() => server.stop());

async function issueToken(role: string): Promise<string> {
  const { body } = await admin('POST', '/tokens', { name: `the ${role}`, role });
  return (JSON.parse(body) as { token: string }).token;
}

async function admin(method: string, path: string, body?: object, token = server.adminToken) {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: await response.text() };
}

/** Secrets in every place where they do not belong; the answers are kept. */
async function misuse(): Promise<void> {
  const { password, key, email, full_name, access, passwordToken } = person;
  const post = async (path: string, body: string, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    answers.push(await response.text());
  };
  const bearer = { authorization: `Bearer ${server.adminToken}` };
  const developer = '/api/v2/developer';
  await post(`${developer}/authenticate`, JSON.stringify({ username: email, password: `${password}?` }));
  await post(`${developer}/authenticate`, `{"username":"${email}","password":"${password}"`);
  await post(`${developer}/reset-password`, JSON.stringify({ token: passwordToken, password }));
  await post(`${developer}/reset-password`, JSON.stringify({ token: [passwordToken], password: { password } }));
  await post(developer, JSON.stringify({ email, full_name: `${full_name}\u0000` }));
  await post('/commands/RegisterDeveloper', JSON.stringify({ email, full_name, portal_id: scene.portal }), bearer);
  await post('/commands/ApproveDeveloper', JSON.stringify({ developer_id: email, reason: full_name }), bearer);
  await post(`/commands/${key}`, '{}', bearer);
  await post('/tokens', JSON.stringify({ name: 'x', role: key }), bearer);
  for (const path of [
    `/api/v2/applications?filter[name]=${encodeURIComponent(password)}&page[size]=${key}`,
    `/gateway/check?product_version=${scene.version}&apikey=${key}x`,
    `/gateway/check?product_version=${key}`,
    `/${access}/${encodeURIComponent(email)}`,
    `/audit/developers/${encodeURIComponent(email)}`,
    `/v2/portals/${key}`,
  ]) {
    const response = await fetch(server.url + path, {
      headers: {
        ...bearer,
        cookie: `portalaccesstoken=${access}x`,
        'x-api-key': `${key}x`,
        referer: `http://x/${key}`,
      },
    });
    answers.push(await response.text());
  }
}

describe('the search', () => {
  it('finds what is there, in every form', async () => {
    const texts = await mails(server);
    expect(found({ ...secrets, ...personal }, texts.join('\n'))).toEqual(
      expect.arrayContaining(['token to confirm', 'email', 'name']),
    );
    const { password } = person;
    for (const written of [
      `x${password}y`,
      encodeURIComponent(`?p=${password}&`),
      Buffer.from(`ab${password}c`).toString('hex'),
      ...['', 'a', 'ab'].map((before) => Buffer.from(`${before}${password}after`).toString('base64')),
    ]) {
      expect(found({ password }, written)).toEqual(['password']);
    }
    const application = { application: `App ${person.developerId}` };
    const files = Object.keys(await foundInFiles(application, server.dataDir));
    expect(files.some((name) => name.startsWith('log.db'))).toBe(true);
    expect(files.some((name) => name.startsWith('views.db'))).toBe(true);
  });
});

describe('secrets and personal data are in no', () => {
  const all = () => ({ ...secrets, ...personal });

  it('line of the log', () => {
    expect(server.logLines.length).toBeGreaterThan(20);
    expect(found(all(), server.logLines.join(''))).toEqual([]);
  });

  it('answer that refuses', () => {
    expect(answers.length).toBeGreaterThan(12);
    expect(answers.flatMap((answer) => found(all(), answer))).toEqual([]);
  });

  it('file of the data folder but the outbox', async () => {
    expect(await foundInFiles(all(), server.dataDir, ['outbox'])).toEqual({});
  });

  it('event of the feed', async () => {
    const { status, body } = await admin('GET', '/events?limit=1000', undefined, analyst);
    expect(status).toBe(200);
    expect(body).toContain('credential-generated');
    expect(found(all(), body)).toEqual([]);
  });

  it('event of the store', async () => {
    const events = await server.services.store.readAll({ after: 0n, limit: 10_000 });
    const text = JSON.stringify(events, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    expect(found(all(), text)).toEqual([]);
  });

  it.each(['/metrics', '/status', '/readyz', '/openapi.json', '/commands'])('answer of %s', async (path) => {
    const { status, body } = await admin('GET', path);
    expect(status).toBe(200);
    expect(found(all(), body)).toEqual([]);
  });

  it('answer of the audit to who is no auditor', async () => {
    for (const path of [`/audit/developers/${person.developerId}`, '/audit/events', '/audit/pending']) {
      const { status, body } = await admin('GET', path, undefined, analyst);
      expect(status).toBe(403);
      expect(found(all(), body)).toEqual([]);
    }
  });
});

describe('secrets alone are in no', () => {
  it('answer of the audit to an auditor, who sees whom it is about', async () => {
    const story = await admin('GET', `/audit/developers/${person.developerId}`, undefined, auditor);
    expect(found(personal, story.body)).toContain('name');
    const application = await admin('GET', `/audit/applications/${person.applicationId}`, undefined, auditor);
    const events = await admin('GET', '/audit/events?limit=100', undefined, auditor);
    for (const { status, body } of [story, application, events]) {
      expect(status).toBe(200);
      expect(found(secrets, body)).toEqual([]);
    }
  });

  it('receipt of a command', async () => {
    const [event] = await server.services.store.readAll({
      ...{ after: 0n, limit: 10 },
      types: ['application.credential-generated.v1'],
    });
    const { status, body } = await admin('GET', `/commands/${event!.metadata['command_id']!}`);
    expect(status).toBe(200);
    expect(found(secrets, body)).toEqual([]);
  });

  it('list of credentials, tokens or developers', async () => {
    const { body } = await portal(server, 'GET', `/applications/${person.applicationId}/credentials`, 200, {
      headers: { cookie: person.cookie },
    });
    const developers = await admin('GET', `/v2/portals/${scene.portal}/developers`);
    const tokens = await admin('GET', '/tokens');
    expect(found(personal, developers.body)).toContain('email');
    for (const text of [JSON.stringify(body), developers.body, tokens.body]) expect(found(secrets, text)).toEqual([]);
  });
});
