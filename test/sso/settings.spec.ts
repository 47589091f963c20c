import { browser, ssoScene, titleOf, type SsoScene } from './scene.js';
import type { VaultRecord } from '#vault/port.js';
import { approvedDeveloper, PASSWORD } from '../support/developers.js';

const SECRET = 'canary-client-secret-31c6';
const config = { issuer_url: 'https://idp.example.org', client_id: 'portal', client_secret: SECRET };

let scene: SsoScene;
let providers: string;
let settings: string;
const admin: SsoScene['admin'] = (...call) => scene.admin(...call);
const vaultOf = () => scene.server.services.vault.list('client-secret', { limit: 100 });

beforeAll(async () => {
  scene = await ssoScene();
  providers = `/v2/portals/${scene.portal}/identity-providers`;
  settings = `/v2/portals/${scene.portal}/authentication-settings`;
});
afterAll(() => scene?.server.stop());

const developerApi = (path: string, body: object) =>
  fetch(`${scene.server.url}/api/v2/developer${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const portalContext = async () =>
  (await (await fetch(`${scene.server.url}/api/v2/portal`)).json()) as Record<string, unknown>;

describe('identity providers', () => {
  let id: string;

  it('are made, listed, read, changed and removed, and never show their secret', async () => {
    const made = await admin('POST', providers, { type: 'oidc', config });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(String),
      type: 'oidc',
      enabled: false,
      config: {
        issuer_url: 'https://idp.example.org',
        client_id: 'portal',
        scopes: ['email', 'openid', 'profile'],
        claim_mappings: { name: 'name', email: 'email', groups: 'groups' },
      },
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    id = String(made.body['id']);
    expect((await admin('GET', providers)).body).toEqual([made.body]);
    expect((await admin('GET', `${providers}?filter[type]=oidc`)).body).toHaveLength(1);
    expect((await admin('GET', `${providers}?filter[type][eq]=saml`)).body).toEqual([]);
    expect((await admin('GET', `${providers}?filter[kind]=oidc`)).status).toBe(400);
    const changed = await admin('PATCH', `${providers}/${id}`, {
      enabled: true,
      config: { claim_mappings: { groups: 'roles' } },
    });
    expect(changed.body).toMatchObject({
      enabled: true,
      config: { claim_mappings: { name: 'name', groups: 'roles' } },
    });
    expect((await admin('GET', `${providers}/${id}`)).body).toEqual(changed.body);
    expect(JSON.stringify([made, changed])).not.toContain('secret');
  });

  it('may be enabled one at a time', async () => {
    const second = await admin('POST', providers, { type: 'oidc', enabled: true, config });
    expect(second).toMatchObject({ status: 400, body: { code: 'identity_provider_active' } });
  });

  it.each([
    [{ config }, 'type'],
    [{ type: 'oidc' }, 'config'],
    [{ type: 'saml', config }, 'type'],
    [{ type: 'oidc', config: { ...config, issuer_url: 'idp' } }, 'config.issuer_url'],
    [{ type: 'oidc', config: { issuer_url: config.issuer_url } }, 'config.client_id'],
    [{ type: 'oidc', config: { ...config, idp_metadata_xml: '<a/>' } }, 'config.idp_metadata_xml'],
    [{ type: 'oidc', config: { ...config, client_secret: 7 } }, 'config.client_secret'],
  ])('%j is refused, and %s named', async (body, field) => {
    const answer = await admin('POST', providers, body);
    expect(answer.status).toBe(400);
    const named = answer.body['invalid_parameters'] as unknown as { field: string }[];
    expect(named.map((one) => one.field)).toContain(field);
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });

  it('are told when they are not there', async () => {
    const none = `${providers}/${scene.portal}`;
    for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']] as const)
      expect([method, (await admin(method, none, body)).status]).toEqual([method, 404]);
  });

  it('keep their secret sealed, as long as they name it', async () => {
    expect(await vaultOf()).toHaveLength(1);
    await admin('PATCH', `${providers}/${id}`, { config: { client_secret: SECRET } });
    expect(await vaultOf()).toHaveLength(1);
    const [{ id: before }] = (await vaultOf()) as readonly [VaultRecord];
    await admin('PATCH', `${providers}/${id}`, { config: { client_secret: `${SECRET}-2` } });
    await scene.server.services.reactors.settled();
    const after = await vaultOf();
    expect(after).toHaveLength(1);
    expect(after[0]!.id).not.toBe(before);
    await admin('DELETE', `${providers}/${id}`);
    await scene.server.services.reactors.settled();
    expect(await vaultOf()).toEqual([]);
    expect((await admin('GET', providers)).body).toEqual([]);
  });

  it('are made by the command of the same name, the secret nowhere but in the vault', async () => {
    const answer = await admin('POST', '/commands/CreateIdentityProvider', { portal_id: scene.portal, type: 'oidc', config }); // prettier-ignore
    expect(answer.status).toBe(200);
    const events = await scene.server.services.store.readStream(`portal-${scene.portal}`);
    const { data } = events.at(-1)!;
    expect(data['client_secret_ref']).toMatch(/^secret:v1:[0-9a-f]{64}$/);
    const story = await admin('GET', `/audit/portals/${scene.portal}`);
    const feed = await admin('GET', '/events?limit=1000');
    const all = JSON.stringify([answer, story, feed]) + JSON.stringify(events.map((event) => event.data));
    expect(all).not.toContain(SECRET);
    expect(JSON.stringify([answer, story, feed])).not.toContain('secret:v1:');
    await admin('DELETE', `${providers}/${(answer.body as unknown as { result: { id: string } }).result.id}`);
  });

  it('go with their portal', async () => {
    const { body } = await admin('POST', '/v2/portals', { name: 'Short-lived' });
    const portal = `/v2/portals/${String(body['id'])}`;
    await admin('POST', `${portal}/identity-providers`, { type: 'oidc', config });
    expect((await vaultOf()).filter(({ owner }) => owner === body['id'])).toHaveLength(1);
    await admin('DELETE', portal);
    await scene.server.services.reactors.settled();
    expect((await vaultOf()).filter(({ owner }) => owner === body['id'])).toEqual([]);
  });
});

describe('authentication settings', () => {
  const flat = { oidc_issuer: config.issuer_url, oidc_client_id: 'portal', oidc_client_secret: SECRET };

  it('say at first: passwords only', async () => {
    expect((await admin('GET', settings)).body).toEqual({
      basic_auth_enabled: true,
      oidc_auth_enabled: false,
      saml_auth_enabled: false,
      oidc_team_mapping_enabled: false,
      idp_mapping_enabled: false,
      konnect_mapping_enabled: true,
    });
    expect(await portalContext()).toMatchObject({ basic_auth_enabled: true, oidc_auth_enabled: false });
    const page = await browser().visit(scene.start());
    expect([page.status, titleOf(page)]).toEqual([400, 'Single sign-on is not available on this portal']);
  });

  it('make a provider in their flat form, and show it without its secret', async () => {
    const { status, body } = await admin('PATCH', settings, { ...flat, oidc_auth_enabled: true, idp_mapping_enabled: true }); // prettier-ignore
    expect(status).toBe(200);
    expect(body).toMatchObject({
      oidc_auth_enabled: true,
      oidc_team_mapping_enabled: true,
      oidc_config: { issuer: config.issuer_url, client_id: 'portal', scopes: ['email', 'openid', 'profile'] },
    });
    expect(JSON.stringify(body)).not.toContain('secret');
    expect((await admin('GET', providers)).body).toHaveLength(1);
    expect(await portalContext()).toMatchObject({ oidc_auth_enabled: true });
  });

  it('hold If-Match, and are 404 without a portal', async () => {
    const response = await fetch(scene.server.url + settings, { headers: { authorization: `Bearer ${scene.server.adminToken}` } }); // prettier-ignore
    const change = (etag: string) =>
      fetch(scene.server.url + settings, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${scene.server.adminToken}`, 'content-type': 'application/json', 'if-match': etag }, // prettier-ignore
        body: JSON.stringify({ konnect_mapping_enabled: false }),
      });
    const etag = response.headers.get('etag')!;
    expect((await change(etag)).status).toBe(200);
    expect((await change(etag)).status).toBe(412);
    const nowhere = settings.replace(scene.portal, '01900000-0000-7000-8000-000000000000');
    expect((await admin('GET', nowhere)).status).toBe(404);
    expect((await admin('PATCH', nowhere, {})).status).toBe(404);
  });

  it.each([
    [{ basic_auth_enabled: 'yes' }, 'basic_auth_enabled'],
    [{ oidc_scopes: 'openid' }, 'oidc_scopes'],
    [{ saml_auth_enabled: true }, 'saml_auth_enabled'],
    [{ oidc_issuer: 'http://idp.example.org' }, 'issuer_url'],
    [{ auto_approve_identities: true }, 'auto_approve_identities'],
  ])('%j is refused, and %s named', async (body, field) => {
    const answer = await admin('PATCH', settings, body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body['invalid_parameters'])).toContain(`"${field}"`);
  });
});

describe('a portal without passwords', () => {
  beforeAll(async () => {
    await approvedDeveloper(scene.server, scene.send, scene.portal, 'ada@example.org');
    await admin('PATCH', settings, { basic_auth_enabled: false });
  });
  afterAll(() => admin('PATCH', settings, { basic_auth_enabled: true }));

  it('says so', async () => {
    expect(await portalContext()).toMatchObject({ basic_auth_enabled: false });
  });

  it.each<[string, object]>([
    ['', { email: 'new@example.org', full_name: 'New' }],
    ['/authenticate', { username: 'ada@example.org', password: PASSWORD }],
    ['/forgot-password', { email: 'ada@example.org' }],
    ['/reset-password', { token: '01900000-0000-7000-8000-000000000000', password: PASSWORD }],
  ])('refuses POST /developer%s, known address or not, in the form that the client shows', async (path, body) => {
    const response = await developerApi(path, body);
    expect(response.status).toBe(400);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await response.json()).toMatchObject({
      title: 'Bad Request',
      code: 'basic_auth_disabled',
      invalid_parameters: [{ reason: expect.stringContaining('single sign-on') }],
    });
  });

  it('takes no sign-up by command either', async () => {
    const body = { portal_id: scene.portal, email: 'new@example.org', full_name: 'New' };
    expect(await admin('POST', '/commands/RegisterDeveloper', body)).toMatchObject({
      status: 400,
      body: { code: 'basic_auth_disabled' },
    });
  });

  it('lets passwords be used again once they are switched on', async () => {
    await admin('PATCH', settings, { basic_auth_enabled: true });
    const response = await developerApi('/authenticate', { username: 'ada@example.org', password: PASSWORD });
    expect(response.status).toBe(204);
  });
});

it('a public portal has no sign-in', async () => {
  await scene.send('ChangePortalSettings', { portal_id: scene.portal, is_public: true });
  for (const url of [scene.start(), `${scene.callback}?code=x&state=y`])
    expect(titleOf(await browser().visit(url))).toBe('This portal needs no sign-in');
  await scene.send('ChangePortalSettings', { portal_id: scene.portal, is_public: false });
});

it('writes no secret to the log', () => expect(scene.server.logLines.join('')).not.toContain(SECRET));
