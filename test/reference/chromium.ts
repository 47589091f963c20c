import { chromium, type Browser, type Page } from 'playwright-core';

const path = process.env['GATEHOUSE_TEST_BROWSER'];

/** Suites in a real browser; without one they are skipped, loudly. */
export function withBrowser(name: string, suites: (path: string) => void): void {
  if (path) return suites(path);
  // Not by console: jest shows nothing of a file whose tests are all skipped.
  process.stderr.write(`SKIPPED: ${name}. Set GATEHOUSE_TEST_BROWSER=/usr/bin/chromium, or run .ci/more/browser.sh\n`);
  it.skip(`${name}: needs GATEHOUSE_TEST_BROWSER=/usr/bin/chromium`, () => undefined);
}

export const launch = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      '--disable-dev-shm-usage',
      // Everything of these tests is on this machine; elsewhere the reader would be asked first.
      '--disable-features=LocalNetworkAccessChecks',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });

/** A page, and everything about it that must not be. */
export interface WatchedPage {
  readonly page: Page;
  /** What the policy refused. */
  readonly violations: string[];
  /** Errors of the page's own scripts. */
  readonly errors: string[];
  /** Origins that anything was asked of. */
  readonly origins: Set<string>;
}

/** @param cookie a Cookie header for `origin` */
export async function openPage(browser: Browser, origin: string, cookie: string): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
  await context.addCookies(
    cookie.split('; ').map((pair) => {
      const at = pair.indexOf('=');
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: origin };
    }),
  );
  const page = await context.newPage();
  const watched: WatchedPage = { page, violations: [], errors: [], origins: new Set() };
  await page.exposeFunction('reportViolation', (text: string) => watched.violations.push(text));
  await page.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
    reportViolation(event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sourceFile));`);
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) watched.violations.push(message.text());
  });
  page.on('pageerror', (error) => watched.errors.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol)) watched.origins.add(url.origin);
  });
  return watched;
}
