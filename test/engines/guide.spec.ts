import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { loadConfig } from '../../apps/api/config.js';
import { createLog } from '../../apps/api/log.js';
import { client } from '../../apps/cli/client.js';
import { walk } from '../../apps/cli/demo/walk.js';
import { seed } from '../../apps/cli/seed/seed.js';
import { runProjector } from '../../apps/projector/main.js';
import { COMBINATIONS, makeRootSecret, startTestEngines } from '../support/engines.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { withMongo } from './mongodb-server.js';
import { startProcess } from './processes.js';

const WALK_MS = 120_000;

/** The whole guide, from a developer's sign-up to the audit story, over HTTP. */
async function walkGuide(url: string, adminToken: string, dataDir: string): Promise<void> {
  const printed = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const admin = client(url, adminToken);
    const seeded = await seed(admin, `acme-${Date.now()}`, { update: () => undefined, done: () => undefined });
    await walk(admin, adminToken, seeded, join(dataDir, 'outbox'));
    expect(printed.mock.calls.flat().join('')).toContain('The audit story of the application');
  } finally {
    printed.mockRestore();
  }
}

/** In this process. Nothing may be logged as an error. */
async function walkOn(server: TestServer): Promise<void> {
  try {
    await walkGuide(server.url, server.adminToken, server.dataDir);
    expect(server.logLines.filter((line) => line.includes('"level":50'))).toEqual([]);
  } finally {
    await server.stop();
  }
}

type Combination = (typeof COMBINATIONS)[number];

/** Runs something on fresh engines and a data folder of its own. */
async function onEngines(
  combination: Combination,
  mongo: string | undefined,
  work: (env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const engines = await startTestEngines(combination, mongo);
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-guide-'));
  try {
    await makeRootSecret(engines.env, dataDir);
    await work({ ...engines.env, GATEHOUSE_DATA_DIR: dataDir });
  } finally {
    await engines.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function guide(combination: Combination, mongo?: string): void {
  const { log, documents } = combination;
  it(
    `is walked with the log on ${log} and the rest on ${documents}`,
    () => onEngines(combination, mongo, async (env) => walkOn(await startTestServer(env))),
    WALK_MS,
  );
}

/** The compiled server as it is run: its views in a worker thread, and the data folder its own. */
function guideOfProcess(combination: Combination, mongo?: string): void {
  const { log, documents } = combination;
  it(
    `is walked on a server process with the log on ${log} and the rest on ${documents}, which keeps a second one away`,
    () =>
      onEngines(combination, mongo, async ({ GATEHOUSE_DATA_DIR: dataDir, ...env }) => {
        const token = 'one-token-for-the-guide';
        const settings = { ...env, GATEHOUSE_ADMIN_TOKEN: token };
        const server = await startProcess('serve', dataDir!, settings);
        try {
          await expect(startProcess('serve', dataDir!, settings)).rejects.toThrow('in use by another process');
          await walkGuide(server.url, token, dataDir!);
          expect(server.output()).not.toContain('"level":50');
        } finally {
          expect(await server.stop()).toBe(0);
        }
      }),
    WALK_MS,
  );
}

const isMixed = ({ log, documents }: Combination): boolean => (log === 'sqlite') !== (documents === 'sqlite');

describe('The guide', () => {
  for (const combination of COMBINATIONS) {
    const guides = (mongo?: string): void => {
      guide(combination, mongo);
      if (isMixed(combination)) guideOfProcess(combination, mongo);
    };
    if (combination.documents === 'sqlite') guides();
    else withMongo(`The guide with ${combination.log} and MongoDB`, guides);
  }

  withMongo('The guide with a projector', (mongo) =>
    it(
      'is walked with views and reactors in a process of their own',
      () =>
        onEngines({ log: 'eventstoredb', documents: 'mongodb' }, mongo, async (env) => {
          const settings = { ...env, PORT: '0', GATEHOUSE_PORTAL_URL: 'http://portal.example' };
          const projector = await runProjector(loadConfig(settings), { log: createLog('silent') });
          const server = await startTestServer(settings, { views: 'by projectors' });
          await walkOn(server).finally(() => projector.stop());
        }),
      WALK_MS,
    ),
  );
});
