import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { startTestServer } from '../support/server.js';
import { launch, openPage, withBrowser } from './chromium.js';
import { referenceScene } from './scene.js';

/** Generous: what is asked is that there is a bound. */
const MOST_MS = 180_000;
const MOST_MB = 2_500;

const file = process.env['GATEHOUSE_TEST_LARGE_SPEC'];

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
        const { title } = (JSON.parse(content.toString()) as { info: { title: string } }).info;
        const scene = await referenceScene(server, content.toString(), 'large.json');
        const { page, violations, errors } = await openPage(browser, server.url, scene.cookie);
        page.setDefaultTimeout(MOST_MS);
        const started = performance.now();
        await page.goto(server.url + scene.path);
        await page.getByRole('heading', { name: title }).first().waitFor();
        const ms = Math.round(performance.now() - started);
        const peak = await peakMegabytes(browser);
        const size = Math.round(content.length / 1024 / 1024);
        process.stderr.write(
          `${size} MB of description: shown after ${ms} ms, ${peak} MB in the page's process at most\n`,
        );
        const folder = process.env['GATEHOUSE_TEST_PICTURES'];
        if (folder !== undefined) await page.screenshot({ path: join(folder, 'large.png') });
        expect({ violations, errors }).toEqual({ violations: [], errors: [] });
        expect(peak).toBeLessThan(MOST_MB);
      } finally {
        await browser.close();
        await server.stop();
      }
    },
    2 * MOST_MS,
  );
});

/** Of the processes that show pages, at the highest they had (Linux). */
async function peakMegabytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const peaks = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))![1]));
  return Math.round(Math.max(...peaks) / 1024);
}
