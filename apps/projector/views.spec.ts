import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Engines } from '../engines/open.js';
import { shareViews, type SharedViews } from './views.js';
import { openSqliteBlobs } from '#blobs/sqlite/blobs.js';
import { openSqliteConsumption } from '#consumption/sqlite/store.js';
import { openSqliteEventStore } from '#event-store/sqlite/event-store.js';
import { observeProjections } from '#read-models/observed.js';
import type { Rule, View } from '#read-models/port.js';
import type { Projections } from '#read-models/projections.js';
import { createReads } from '#read-models/reads.js';
import { insert } from '#read-models/rules.js';
import { openSqliteReadModels } from '#read-models/sqlite/read-models.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';

const PATIENCE_MS = 25_000;

/** One document per app, with its name as the version of the view has it. */
const apps = (version: number, ...types: string[]): View => ({
  name: 'apps',
  version,
  indexes: [],
  rules: Object.fromEntries(
    types.map((type) => [
      type,
      insert<{ readonly name: string }>(({ entityId, data }) => ({
        id: entityId,
        name: version === 1 ? data.name : `${version}: ${data.name}`,
      })) as Rule,
    ]),
  ),
});

const OLD = apps(1, 'app.made.v1');
const NEW = apps(2, 'app.made.v1', 'app.made.v2');

describe('copies that share the views', () => {
  let folder: string;
  let engines: Engines;
  let started: { stop(): Promise<void> }[];
  let lines: string[];
  let events = 0;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-shared-'));
    const file = (name: string): string => join(folder, name);
    engines = {
      kind: 'servers',
      store: openSqliteEventStore({ file: file('log.db') }),
      vault: openSqliteVault({ file: file('vault.db') }),
      readModels: openSqliteReadModels({ file: file('views.db') }),
      blobs: openSqliteBlobs({ file: file('blobs.db') }),
      consumption: openSqliteConsumption({ file: file('consumption.db') }),
      async close() {
        const { store, vault, readModels, blobs, consumption } = engines;
        for (const each of [store, vault, readModels, blobs, consumption]) await each.close();
      },
    };
    started = [];
    lines = [];
  });
  afterEach(async () => {
    await Promise.all(started.map((each) => each.stop()));
    await engines.close();
    rmSync(folder, { recursive: true });
  });

  async function copy(holder: string, view: View, isKnown = (_type: string) => true): Promise<SharedViews> {
    const log = {
      error: (details: object, message: string) => void lines.push(`${holder}: ${message} ${JSON.stringify(details)}`),
    };
    const shared = await shareViews(engines, {
      views: [view],
      holder,
      log,
      now: Date.now,
      isKnown,
      settings: { idleMs: 10 },
    });
    started.push(shared.projections);
    const { status } = shared.projections;
    await until(() => status().every(({ live }) => live));
    return shared;
  }

  async function reader(view: View): Promise<Projections & { name(id: string): Promise<unknown> }> {
    const projections = await observeProjections({ views: [view], vault: engines.vault, store: engines.readModels });
    started.push(projections);
    const reads = createReads(engines.readModels, projections);
    return { ...projections, name: async (id) => (await reads.get('apps', id))?.['name'] };
  }

  async function append(id: string, type = 'app.made.v1'): Promise<bigint> {
    const event = {
      id: `event-${(events += 1)}`,
      type,
      data: { name: id },
      metadata: { recorded_at: '2026-01-01T00:00:00.000Z' },
    };
    const result = await engines.store.append({ stream: `app-${id}`, expectedRevision: -1, events: [event] });
    if (result.outcome !== 'appended') throw new Error(result.outcome);
    return result.position;
  }

  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await delay(10);
  }

  const LEASE = 'view:apps_v1';
  const holds = (shared: SharedViews): boolean => shared.leases.token(LEASE) !== undefined;

  it('show what is written to whoever waits for it, in any process', async () => {
    await copy('a', OLD);
    const [one, two] = [await reader(OLD), await reader(OLD)];
    const position = await append('x');
    expect(await Promise.all([one, two].map((each) => each.waitFor(position, PATIENCE_MS)))).toEqual([true, true]);
    expect(await two.name('x')).toBe('x');
    expect(two.status()).toMatchObject([{ name: 'apps', live: true, collection: 'apps_v1', position }]);
  });

  it('have one owner, whose successor goes on where it was', async () => {
    const [a, b] = [await copy('a', OLD), await copy('b', OLD)];
    const read = await reader(OLD);
    expect([holds(a), holds(b)]).toEqual([true, false]);
    await read.waitFor(await append('x'), PATIENCE_MS);
    await a.projections.stop();
    started.splice(started.indexOf(a.projections), 1);
    expect(await read.waitFor(await append('y'), PATIENCE_MS)).toBe(true);
    expect([await read.name('x'), await read.name('y'), holds(b)]).toEqual(['x', 'y', true]);
    expect(lines).toEqual([]);
  });

  it('rebuild and retry when another process asks for it', async () => {
    await copy('a', OLD);
    const read = await reader(OLD);
    await read.waitFor(await append('x'), PATIENCE_MS);
    await read.rebuild();
    await until(() => read.collectionOf('apps') === 'apps_v1_r1');
    expect(await read.name('x')).toBe('x');
    await read.retry('apps');
    await expect(read.rebuild('nothing')).rejects.toThrow('there is no view named nothing');
  });

  it('of two releases run side by side: each reads its own version, the newer one the older until its own is complete', async () => {
    const old = await copy('old', OLD);
    const oldApi = await reader(OLD);
    await oldApi.waitFor(await append('x'), PATIENCE_MS);
    const newApi = await reader(NEW);
    expect([newApi.collectionOf('apps'), await newApi.name('x')]).toEqual(['apps_v1', 'x']);
    expect(await newApi.waitFor(await append('y'), PATIENCE_MS)).toBe(true);

    await copy('new', NEW);
    await until(() => newApi.collectionOf('apps') === 'apps_v2');
    const position = await append('z');
    expect(await Promise.all([oldApi, newApi].map((each) => each.waitFor(position, PATIENCE_MS)))).toEqual([
      true,
      true,
    ]);
    expect([await oldApi.name('z'), await newApi.name('z')]).toEqual(['z', '2: z']);
    expect(holds(old)).toBe(true);

    // an old copy that starts again does not take the newer version away from anybody
    await copy('old-again', OLD);
    await append('zz');
    expect(newApi.collectionOf('apps')).toBe('apps_v2');
    expect(await engines.readModels.collections()).toEqual(['apps_v1', 'apps_v2']);
  });

  it('of an older release stop before an event that only the newer one knows, whose views are read then', async () => {
    const old = await copy('old', OLD);
    const oldApi = await reader(OLD);
    await copy('new', NEW);
    const newApi = await reader(NEW);
    await until(() => newApi.collectionOf('apps') === 'apps_v2');
    await oldApi.waitFor(await append('x'), PATIENCE_MS);
    const position = await append('y', 'app.made.v2');
    expect(await newApi.waitFor(position, PATIENCE_MS)).toBe(true);
    expect(await newApi.name('y')).toBe('2: y');
    await until(() => !holds(old));
    await until(() => oldApi.collectionOf('apps') === 'apps_v2');
    expect(await oldApi.name('y')).toBe('2: y');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^old: a view is blocked .*app\.made\.v2 are newer than this release/);
    expect((await engines.readModels.checkpoint('apps_v1'))?.position).toBeLessThan(position);
  });

  it('of an older release leave a view to the newer one, if only that knows an event of the same aggregate', async () => {
    const old = await copy('old', OLD, (type) => type === 'app.made.v1');
    const read = await reader(OLD);
    const young = await copy('new', OLD);
    await read.waitFor(await append('x'), PATIENCE_MS);
    expect(await read.waitFor(await append('y', 'other.made.v1'), PATIENCE_MS)).toBe(true);
    expect(holds(old)).toBe(true);
    await append('z', 'app.painted.v1');
    const position = await append('after');
    await until(() => read.status()[0]!.position >= position);
    expect([holds(old), holds(young), read.status()[0]!.blocked]).toEqual([false, true, undefined]);
  });
});
