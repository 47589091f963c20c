import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startTestServer, type TestServer } from '../support/server.js';
import { launch, openPage, withBrowser, type WatchedPage } from './chromium.js';
import { description, publishedVersion, referenceScene, startApi, type ReferenceScene, type TestApi } from './scene.js';

const PACKAGE = dirname(createRequire(import.meta.url).resolve('@figma/rest-api-spec/package.json'));
const FIGMA = readFileSync(join(PACKAGE, 'openapi', 'openapi.yaml'), 'utf8');
const KEY = 'gh_0000_pasted_by_ada';
const OPERATION = 'Get file metadata';
/** For one step, on a busy machine. */
const PATIENCE_MS = 60_000;

withBrowser('try-it in a browser', (executable) => {
  let browser: Browser;
  let server: TestServer;
  let api: TestApi;
  let scene: ReferenceScene;
  let cors = false;
  let html = false;
  let watched: WatchedPage;

  beforeAll(async () => {
    api = await startApi(({ method, url, headers }, response) => {
      const allowed = cors ? { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' } : {};
      if (method === 'OPTIONS') response.writeHead(cors ? 204 : 404, allowed).end();
      else if (html) {
        const script = `<script>window.top.taken=1;fetch('/api/v2/developer/me')</script><img src=x onerror="window.top.taken=1">`;
        response.writeHead(200, { 'content-type': 'text/html' }).end(`<h1>Hello from the API</h1>${script}`);
      } else {
        const body = JSON.stringify({ hello: 'from the API', called: url, key: headers['x-api-key'] });
        response.writeHead(200, { 'content-type': 'application/json', ...allowed }).end(body);
      }
    });
    server = await startTestServer({ GATEHOUSE_OUTBOUND_PRIVATE: '127.0.0.1' });
    scene = await referenceScene(server, FIGMA.replaceAll('https://api.figma.com', api.url), 'openapi.yaml');
    browser = await launch(executable);
  }, 2 * PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await api?.close();
  });
  beforeEach(async () => {
    api.calls.length = 0;
    [cors, html] = [false, false];
    watched = await openPage(browser, server.url, scene.cookie);
    watched.page.setDefaultTimeout(PATIENCE_MS);
  });
  afterEach(() => watched.page.context().close());

  /** As a reader does: the key, the operation in the list, its parameter, Send. */
  async function tryOperation(page: Page): Promise<void> {
    await page.goto(server.url + scene.path);
    await page.fill('#secret', KEY);
    await page.getByText(OPERATION).first().click();
    await page.getByRole('button', { name: /Test Request.*\/v1\/files\/\{file_key\}\/meta/ }).click();
    const parameter = page.locator('tr#file_key').getByRole('combobox').last();
    await parameter.click();
    await page.keyboard.type('abc');
    await page.getByRole('button', { name: /^Send/ }).first().click();
    await page.locator('#sent:not(:empty)').waitFor({ state: 'attached' });
  }

  const picture = (page: Page, name: string) => {
    const folder = process.env['GATEHOUSE_TEST_PICTURES'];
    return folder === undefined ? undefined : page.screenshot({ path: join(folder, `${name}.png`) });
  };

  /** Nothing was refused by the policy, nothing failed, nobody else was asked, and the key is nowhere but in its field. */
  async function expectClean({ page, violations, errors, origins }: WatchedPage): Promise<void> {
    expect({ violations, errors }).toEqual({ violations: [], errors: [] });
    expect([...origins].filter((origin) => origin !== server.url && origin !== api.url)).toEqual([]);
    const stored = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])');
    expect(stored).not.toContain(KEY);
  }

  it(
    'finds an operation of a real description, calls the API through the portal, and shows its answer',
    async () => {
      const { page } = watched;
      await tryOperation(page);
      await page.getByText('"from the API"').first().waitFor();
      await picture(page, 'through-the-portal');
      expect(await page.locator('#sent').textContent()).toBe('Sent through the portal.');
      expect(api.calls.at(-1)).toMatchObject({ method: 'GET', url: '/v1/files/abc/meta' });
      expect(api.calls.at(-1)!.headers).toMatchObject({ 'x-api-key': KEY });
      expect(api.calls.at(-1)!.headers.cookie).toBeUndefined();
      await expectClean(watched);
    },
    4 * PATIENCE_MS,
  );

  it(
    'calls the API straight where its CORS lets it, without cookies',
    async () => {
      cors = true;
      const { page } = watched;
      await tryOperation(page);
      await page.getByText('"from the API"').first().waitFor();
      await picture(page, 'straight');
      expect(await page.locator('#sent').textContent()).toBe('Sent straight to the API.');
      expect(api.calls.map(({ method }) => method)).toEqual(['OPTIONS', 'GET']);
      expect(api.calls[1]!.headers).toMatchObject({ 'x-api-key': KEY, origin: server.url });
      expect(api.calls[1]!.headers.cookie).toBeUndefined();
      await expectClean(watched);
    },
    4 * PATIENCE_MS,
  );

  it(
    'shows an answer of HTML without running it',
    async () => {
      html = true;
      const { page, errors, origins } = watched;
      await tryOperation(page);
      await page.getByText('text/html').first().waitFor();
      await picture(page, 'html');
      expect(await page.evaluate('window.taken')).toBeUndefined();
      expect(errors).toEqual([]);
      expect([...origins].filter((origin) => origin !== server.url && origin !== api.url)).toEqual([]);
    },
    4 * PATIENCE_MS,
  );

  it(
    'runs nothing that a description brings along',
    async () => {
      const elsewhere = await startApi();
      const script = 'window.taken = 1';
      const hostile = [
        `<script>${script}</script>`,
        `<img src="/api/v2/portal/logo" onload="${script}"><svg onload="${script}"></svg>`,
        `<iframe srcdoc="<script>parent.taken = 1</script>"></iframe>`,
        `<form action="${elsewhere.url}"><button>send</button></form>`,
        `<style>@import '${elsewhere.url}/a.css'; body { background: url(${elsewhere.url}/b.png) }</style>`,
        `![picture](${elsewhere.url}/c.png) [press](javascript:window.taken=1)`,
      ].join('\n\n');
      const text = { ...description(`${api.url}/v1`), info: { title: 'Hostile', version: '1', description: hostile } };
      const version = await publishedVersion(server, scene, JSON.stringify(text));
      const { page } = watched;
      await page.goto(`${server.url}/reference/${scene.product}/${version}`);
      await page.getByRole('heading', { name: 'Hostile' }).first().waitFor();
      await page.getByText('press').first().click({ noWaitAfter: true });
      await picture(page, 'hostile');
      expect(await page.evaluate('window.taken')).toBeUndefined();
      await page.reload({ waitUntil: 'networkidle' });
      expect(elsewhere.calls).toEqual([]);
      await elsewhere.close();
    },
    4 * PATIENCE_MS,
  );
});
