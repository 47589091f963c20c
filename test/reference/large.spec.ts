import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestServer } from '../support/server.js';
import { launch, openPage, withBrowser } from './chromium.js';
import { referenceScene } from './scene.js';

/** Generous: what is asked is that there is a bound. */
const MOST_MS = 180_000;
const MOST_HEAP_MB = 2_000;

const file = process.env['GATEHOUSE_TEST_LARGE_SPEC'];
const text = process.env['GATEHOUSE_TEST_LARGE_TEXT'] ?? 'GitHub v3 REST API';

withBrowser('a large description in a browser', (executable) => {
  if (!file) {
    process.stderr.write(
      'SKIPPED: a large description. GATEHOUSE_TEST_LARGE_SPEC names none; run .ci/more/browser.sh\n',
    );
    it.skip('needs GATEHOUSE_TEST_LARGE_SPEC=file.json', () => undefined);
    return;
  }

  it(
    'opens in bounded time and memory',
    async () => {
      const server = await startTestServer();
      const browser = await launch(executable);
      try {
        const content = readFileSync(file);
        const scene = await referenceScene(server, content.toString(), 'large.json');
        const { page, violations, errors } = await openPage(browser, server.url, scene.cookie);
        page.setDefaultTimeout(MOST_MS);
        const started = performance.now();
        await page.goto(server.url + scene.path);
        await page.getByRole('heading', { name: text }).first().waitFor();
        const ms = Math.round(performance.now() - started);
        const session = await page.context().newCDPSession(page);
        await session.send('Performance.enable');
        const { metrics } = await session.send('Performance.getMetrics');
        const heap = Math.round(metrics.find(({ name }) => name === 'JSHeapUsedSize')!.value / 1024 / 1024);
        const size = Math.round(content.length / 1024 / 1024);
        process.stderr.write(`${size} MB of description: shown after ${ms} ms, ${heap} MB of JavaScript heap\n`);
        const folder = process.env['GATEHOUSE_TEST_PICTURES'];
        if (folder !== undefined) await page.screenshot({ path: join(folder, 'large.png') });
        expect({ violations, errors }).toEqual({ violations: [], errors: [] });
        expect(heap).toBeLessThan(MOST_HEAP_MB);
      } finally {
        await browser.close();
        await server.stop();
      }
    },
    2 * MOST_MS,
  );
});
