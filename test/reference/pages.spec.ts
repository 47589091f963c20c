import { startTestServer, type TestServer } from '../support/server.js';
import { description, publishedVersion, referenceScene, type ReferenceScene } from './scene.js';

const DESCRIPTION = JSON.stringify(description('https://api.example.org/v1', 'https://{stage}.example.org'));

let server: TestServer;
let scene: ReferenceScene;

beforeAll(async () => {
  server = await startTestServer();
  scene = await referenceScene(server, DESCRIPTION);
});
afterAll(() => server.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(server.url + path, { headers: { cookie: scene.cookie, ...headers } });

const settingsOf = (html: string): Record<string, unknown> =>
  JSON.parse(/<script type="application\/json" id="settings">(.*?)<\/script>/s.exec(html)![1]!) as Record<
    string,
    unknown
  >;

describe('the reference page', () => {
  it('names the application and its key, never a key, and the servers that may be called', async () => {
    const response = await get(scene.path);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(settingsOf(html)).toEqual({
      description: `${scene.path}/description`,
      servers: ['https://api.example.org/v1'],
      proxy: scene.path.replace('/reference/', '/reference/proxy/'),
      applications: [{ id: scene.application, name: 'Fleet', proof: { kind: 'key', names: ['x-api-key', 'apikey'] } }],
    });
    expect(html).toContain('Pets &amp; &lt;others&gt;');
    expect(html).not.toContain('<others>');
    expect(html).toContain(`href="http://pets.localhost:`);
  });

  it('lets in scripts and styles by its nonce alone, and connections to this origin and the listed servers', async () => {
    const responses = [await get(scene.path), await get(scene.path)];
    const nonces = responses.map(
      (response) => /'nonce-([\w-]{22})'/.exec(response.headers.get('content-security-policy')!)![1]!,
    );
    expect(new Set(nonces).size).toBe(2);
    expect(responses[0]!.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'nonce-N'; style-src-elem 'nonce-N'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' https://api.example.org; frame-ancestors 'none'; base-uri 'none'; form-action 'none'".replaceAll(
        'nonce-N',
        `nonce-${nonces[0]}`,
      ),
    );
    const html = await responses[0]!.text();
    const executable = [...html.matchAll(/<script(?! type="application\/json")([^>]*)>/g)].map(
      ([, attributes]) => attributes,
    );
    expect(executable).toHaveLength(3);
    for (const attributes of executable) {
      expect(attributes).toContain(`nonce="${nonces[0]}"`);
      expect(attributes).toContain('src="/reference/files/');
    }
  });

  it('asks a stranger on a private portal to sign in', async () => {
    const response = await get(scene.path, { cookie: '' });
    const html = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8']);
    expect(html).toContain('/login"');
    expect(html).not.toContain('Pets');
  });

  it('does not know a version that is not published, another portal’s, or one without a description', async () => {
    const unpublished = await publishedVersion(server, scene, JSON.stringify(description('https://a.example.org')));
    await scene.send('UnpublishProductVersion', {
      ...{ product_id: scene.product, product_version_id: unpublished, portal_id: scene.portal },
    });
    const bare = await scene.send('AddProductVersion', { product_id: scene.product, name: 'bare' });
    await scene.send('PublishProductVersion', {
      ...{ product_id: scene.product, product_version_id: bare.id, portal_id: scene.portal },
      auth_strategy_ids: [scene.strategy],
    });
    for (const version of [unpublished, bare.id, scene.ada]) {
      const paths = [`/reference/${scene.product}/${version}`, `/reference/${scene.product}/${version}/description`];
      for (const path of paths) expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
    expect((await get(`/reference/x/${scene.version}`)).status).toBe(404);
  });

  it('does not know a product that no role of the developer names', async () => {
    await scene.send('ChangePortalSettings', { portal_id: scene.portal, rbac_enabled: true });
    try {
      expect((await get(scene.path)).status).toBe(404);
      expect((await get(`${scene.path}/description`)).status).toBe(404);
    } finally {
      await scene.send('ChangePortalSettings', { portal_id: scene.portal, rbac_enabled: false });
    }
  });
});

describe('the description', () => {
  it('comes as it was uploaded, as text that nothing runs', async () => {
    const response = await get(`${scene.path}/description`);
    expect(await response.text()).toBe(DESCRIPTION);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const again = await get(`${scene.path}/description`, { 'if-none-match': response.headers.get('etag')! });
    expect(again.status).toBe(304);
  });

  it('is for those who may see the page', async () => {
    expect((await get(`${scene.path}/description`, { cookie: '' })).status).toBe(401);
  });
});

describe('a file of the page', () => {
  it.each(['scalar.js', 'before.js', 'start.js', 'calls.js', 'page.css'])('%s is served', async (name) => {
    const response = await get(`/reference/files/${name}`);
    expect([response.status, response.headers.get('content-encoding')]).toEqual([200, 'gzip']);
    expect(response.headers.get('content-type')).toMatch(name.endsWith('.js') ? /^text\/javascript/ : /^text\/css/);
    const plain = await get(`/reference/files/${name}`, { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(await response.text());
  });

  it('keeps the licence of what it is made of', async () => {
    const text = await (await get('/reference/files/scalar.js')).text();
    expect(text.slice(0, 2_000)).toMatch(/MIT License[^]*Copyright[^]*Scalar/);
  });

  it.each(['toString', '..%2fpage.js', 'scalar.js.map', '%2e%2e%2f%2e%2e%2fpackage.json'])(
    '%s is not',
    async (name) => {
      expect((await get(`/reference/files/${name}`)).status).toBe(404);
    },
  );
});

it('is for anybody on a public portal, without the proxy', async () => {
  const open = await startTestServer();
  try {
    const made = await referenceScene(open, DESCRIPTION);
    await made.send('ChangePortalSettings', { portal_id: made.portal, is_public: true });
    const response = await fetch(open.url + made.path);
    expect(response.status).toBe(200);
    expect(settingsOf(await response.text())).toMatchObject({ proxy: null, applications: [] });
    expect((await fetch(`${open.url}${made.path}/description`)).status).toBe(200);
  } finally {
    await open.stop();
  }
});
