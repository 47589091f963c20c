import { openLogToRead } from '../../apps/engines/open.js';
import type { EngineConfig } from '../../apps/engines/settings.js';
import { logDigest } from '#event-store/digest.js';
import type { TestServer } from '../support/server.js';

/** What an installation is asked before and after, without positions and log ids. */
export async function told(server: TestServer, { application }: { application: string }): Promise<unknown> {
  const texts = [];
  for (const path of [
    '/v2/portals?page[size]=100',
    '/v2/api-products?page[size]=100',
    '/v2/application-auth-strategies?page[size]=100',
    `/audit/applications/${application}`,
    '/audit/events?limit=100',
    '/events?limit=1000',
  ]) {
    const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${server.adminToken}` } });
    expect(response.status).toBe(200);
    texts.push(
      (await response.text()).replaceAll(/[0-9a-f-]{36}\.\d+(\.[0-9a-f]{12})?|\/gatehouse\/[0-9a-f-]{36}/g, '@'),
    );
  }
  return texts;
}

export async function digestOf(config: EngineConfig): Promise<{ count: number; root: string; fences: number }> {
  const { log, close } = await openLogToRead(config);
  const digest = logDigest();
  const events = await log.read(0n, 10_000);
  for (const event of events) digest.add(event);
  await close();
  return { count: digest.count, root: digest.root(), fences: events.length - digest.count };
}
