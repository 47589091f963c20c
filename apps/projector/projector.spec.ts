import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { EMBEDDED } from '../engines/settings.js';
import { startEmbeddedProjections } from './embedded.js';
import { startInProcessProjections } from './in-process.js';
import { openSqliteBlobs } from '#blobs/sqlite/blobs.js';
import type { Blobs } from '#blobs/port.js';
import type { EventStore } from '#event-store/port.js';
import { openSqliteEventStore } from '#event-store/sqlite/event-store.js';
import type { ReadModelStore } from '#read-models/port.js';
import type { Projections } from '#read-models/projections.js';
import { createReads, type Reads } from '#read-models/reads.js';
import { openSqliteReadModels } from '#read-models/sqlite/read-models.js';

const PATIENCE_MS = 20_000;
const portalId = (n: number): string => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const compiledWorker = new URL('../../dist/apps/projector/worker.js', import.meta.url);

describe.each(['in a worker thread', 'in this thread'] as const)('views %s', (where) => {
  let dataDir: string;
  let log: EventStore;
  let blobs: Blobs;
  let projections: Projections;
  let store: ReadModelStore;
  let reads: Reads;
  let lines: string[];

  async function start(workerUrl = compiledWorker): Promise<void> {
    const logger = { error: (_: object, message: string) => void lines.push(message) };
    projections =
      where === 'in this thread'
        ? await startInProcessProjections({ dataDir, engines: EMBEDDED }, logger)
        : await startEmbeddedProjections({ dataDir, engines: EMBEDDED }, logger, { workerUrl });
    store = openSqliteReadModels({ file: join(dataDir, 'views.db'), readOnly: true });
    reads = createReads(store, projections);
  }

  beforeEach(async () => {
    if (!existsSync(compiledWorker)) throw new Error('there is no dist/: run `npm run build` first');
    dataDir = await mkdtemp(join(tmpdir(), 'projector-'));
    log = openSqliteEventStore({ file: join(dataDir, 'log.db') });
    blobs = openSqliteBlobs({ file: join(dataDir, 'blobs.db') });
    lines = [];
  });
  afterEach(async () => {
    await projections.stop();
    await store.close();
    await log.close();
    await blobs.close();
    await rm(dataDir, { recursive: true });
  });

  async function createPortal(n: number): Promise<bigint> {
    const data = { name: `portal ${n}`, display_name: `Portal ${n}`, labels: [] };
    const metadata = { recorded_at: '2026-01-01T00:00:00.000Z' };
    const event = { id: `event-${n}`, type: 'portal.created.v1', data, metadata };
    const result = await log.append({ stream: `portal-${portalId(n)}`, expectedRevision: -1, events: [event] });
    if (result.outcome !== 'appended') throw new Error(result.outcome);
    projections?.poke(result.position);
    return result.position;
  }

  it('show what was appended before and after the start, and after a restart', async () => {
    await createPortal(1);
    await start();
    expect(await projections.waitFor(await createPortal(2), PATIENCE_MS, ['portals'])).toBe(true);
    expect(await reads.list('portals', { where: [], limit: 10 })).toMatchObject({
      docs: [{ id: portalId(1) }, { id: portalId(2) }],
      total: 2,
    });
    await projections.stop();
    await store.close();
    await start();
    const position = await createPortal(3);
    expect(await projections.waitFor(position, PATIENCE_MS)).toBe(true);
    expect(await reads.count('portals', [])).toBe(3);
    expect(projections.status().every((view) => view.position === position && view.live)).toBe(true);
    expect(lines).toEqual([]);
  });

  it('stand still while paused, and are served from the fresh copy after a rebuild', async () => {
    await start();
    await projections.pause();
    const position = await createPortal(1);
    expect(await projections.waitFor(position, 50)).toBe(false);
    await projections.resume();
    expect(await projections.waitFor(position, PATIENCE_MS)).toBe(true);
    await projections.rebuild('portals');
    const portals = () => projections.status().find(({ name }) => name === 'portals')!;
    while (portals().rebuilding) await delay(5);
    expect(portals().collection).toMatch(/_r1$/);
    expect(await reads.get('portals', portalId(1))).toMatchObject({ id: portalId(1) });
    await expect(projections.rebuild('nothing')).rejects.toThrow('there is no view named nothing');
  });

  if (where === 'in this thread') return;

  it('go on after the worker has died', async () => {
    const mortal = join(dataDir, 'mortal.mjs');
    await writeFile(
      mortal,
      `import { parentPort } from 'node:worker_threads';
       import { existsSync, writeFileSync } from 'node:fs';
       const firstLife = !existsSync(${JSON.stringify(join(dataDir, 'died'))});
       await import(${JSON.stringify(compiledWorker.href)});
       if (firstLife) parentPort.on('message', () => {
         writeFileSync(${JSON.stringify(join(dataDir, 'died'))}, '');
         process.exit(7);
       });`,
    );
    await start(pathToFileURL(mortal));
    const position = await createPortal(1);
    while (lines.length === 0) await delay(5);
    expect(await projections.waitFor(position, PATIENCE_MS)).toBe(true);
    expect(await reads.count('portals', [])).toBe(1);
    expect(lines).toEqual(['views could not go on; trying again']);
  });

  it('reject when they cannot be started', async () => {
    await start();
    await expect(
      startEmbeddedProjections(
        { dataDir: join(dataDir, 'nowhere'), engines: EMBEDDED },
        { error: () => undefined },
        { workerUrl: compiledWorker },
      ),
    ).rejects.toThrow();
  });
});
