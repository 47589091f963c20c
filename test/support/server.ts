import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { askedForEngines } from './engines.js';
import { loadConfig } from '../../apps/api/config.js';
import { createLog } from '../../apps/api/log.js';
import { createServer } from '../../apps/api/server.js';
import type { Services } from '../../apps/api/services.js';
import { wire } from '../../apps/api/wiring.js';
import { startInProcessProjections } from '../../apps/projector/in-process.js';
import { observeServiceReactors, observeViews } from '../../apps/projector/observe.js';

export interface TestServer {
  readonly app: NestFastifyApplication;
  readonly services: Services;
  readonly dataDir: string;
  /** http://127.0.0.1:port */
  readonly url: string;
  readonly adminToken: string;
  /** Lines of the server's log. */
  readonly logLines: string[];
  /** Moves the service's clock forward. */
  advance(milliseconds: number): void;
  stop(): Promise<void>;
}

/**
 * The real services in this process, listening on a free port: on a fresh data folder that ends with them, or on the one
 * that GATEHOUSE_DATA_DIR names, which stays. On the embedded engine unless the settings or GATEHOUSE_TEST_ON name others; there, views and
 * reactors may be left to projectors.
 */
export async function startTestServer(
  env: Record<string, string> = {},
  { views = 'here' }: { readonly views?: 'here' | 'by projectors' } = {},
): Promise<TestServer> {
  const given = env['GATEHOUSE_DATA_DIR'];
  const chosen = given ?? env['GATEHOUSE_EVENT_STORE'] ?? env['GATEHOUSE_READ_MODELS'];
  const engines = chosen === undefined ? await askedForEngines() : undefined;
  const dataDir = given ?? (await mkdtemp(join(tmpdir(), 'gatehouse-test-')));
  let offset = 0;
  const logLines: string[] = [];
  const config = loadConfig({ PORT: '0', GATEHOUSE_DATA_DIR: dataDir, ...engines?.env, ...env });
  const log = createLog(config.logLevel, { write: (line: string) => void logLines.push(line) });
  const wired = await wire({
    config,
    log,
    ...(views === 'here'
      ? { startProjections: (place, to) => startInProcessProjections(place, to) }
      : { startProjections: (_, to, opened) => observeViews(opened, to), startReactors: observeServiceReactors }),
    now: () => Date.now() + offset,
    parseInProcess: true,
  });
  const app = await createServer(wired.services);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  wired.services.reactors.start(url);
  return {
    app,
    services: wired.services,
    dataDir,
    url,
    adminToken: config.adminToken,
    logLines,
    advance: (milliseconds) => {
      offset += milliseconds;
    },
    async stop() {
      await app.close();
      await wired.close();
      await engines?.close();
      if (given === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
