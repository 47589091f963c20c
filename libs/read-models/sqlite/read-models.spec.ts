import { DatabaseSync } from '@photostructure/sqlite';
import { writeFile } from 'node:fs/promises';
import type { Condition, Query } from '../port.js';
import { queriesContract } from '../queries.contract.js';
import { checkpointAt, readModelsContract } from '../read-models.contract.js';
import { sqliteHarness } from './harness.contract.js';
import { orderClause, whereClause } from './query.js';
import { openSqliteReadModels } from './read-models.js';

readModelsContract('sqlite', sqliteHarness);
queriesContract('sqlite', sqliteHarness);

describe('sqlite: the file', () => {
  it('is read by one connection while another one writes', async () => {
    const harness = await sqliteHarness();
    const writer = await harness.open();
    await writer.ensure('apps_v1', []);
    const reader = openSqliteReadModels({ file: harness.file, readOnly: true });
    expect(await reader.get('apps_v1', 'a')).toBeUndefined();
    await writer.write('apps_v1', [{ id: 'a', position: 1n, doc: { id: 'a' } }], checkpointAt(1n));
    expect(await reader.get('apps_v1', 'a')).toEqual({ id: 'a' });
    await writer.ensure('apps_v2', []);
    await writer.drop('apps_v1');
    expect(await reader.collections()).toEqual(['apps_v2']);
    await expect(reader.setPointer('apps', 'apps_v2')).rejects.toThrow(/readonly/);
    await reader.close();
    await writer.close();
    await harness.destroy();
  });

  it('writes a batch and its checkpoint whole or not at all', async () => {
    const harness = await sqliteHarness();
    const store = await harness.open();
    await store.ensure('apps_v1', []);
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const writes = [
      { id: 'a', position: 1n, doc: { id: 'a' } },
      { id: 'b', position: 2n, doc: { id: 'b', circular } },
    ];
    await expect(store.write('apps_v1', writes, checkpointAt(2n))).rejects.toThrow(TypeError);
    expect(await store.count('apps_v1', [])).toBe(0);
    expect(await store.checkpoint('apps_v1')).toBeUndefined();
    await store.write('apps_v1', writes.slice(0, 1), checkpointAt(1n));
    expect(await store.count('apps_v1', [])).toBe(1);
    await store.close();
    await harness.destroy();
  });

  it('is refused when it is of a newer format or no database', async () => {
    const harness = await sqliteHarness();
    const db = new DatabaseSync(harness.file);
    db.exec('PRAGMA user_version = 99');
    db.close();
    await expect(harness.open()).rejects.toThrow(/has format 99.*rebuilt from the log/);
    await writeFile(harness.file, 'x'.repeat(10_000));
    await expect(harness.open()).rejects.toThrow(/not a database/);
    await harness.destroy();
  });
});

describe('sqlite: the plan of a query', () => {
  const eq = (field: string): Condition => ({ field, op: 'eq', value: 'x' });
  const plans: readonly (readonly [string, readonly Condition[], Query['sort'], RegExp])[] = [
    ['eq', [eq('status')], undefined, /^SEARCH doc_apps_v1 USING INDEX doc_apps_v1__status \(f_status=\?\)$/],
    [
      'eq, with the order',
      [eq('owner')],
      [{ field: 'name' }],
      /^SEARCH .* INDEX doc_apps_v1__owner__name \(f_owner=\?\)$/,
    ],
    ['eq, with the reverse order', [eq('owner')], [{ field: 'name', descending: true }], /^SEARCH .*owner__name/],
    ['order alone', [], [{ field: 'status', descending: true }], /^SCAN doc_apps_v1 USING INDEX doc_apps_v1__status$/],
    [
      'prefix',
      [{ field: 'name', op: 'prefix', value: 'x' }],
      [{ field: 'name' }],
      /^SEARCH .*__name \(f_name>\? AND f_name<\?\)$/,
    ],
    ['id order', [], undefined, /^SCAN doc_apps_v1 USING INDEX sqlite_autoindex/],
  ];

  it.each(plans)('uses an index and sorts nothing: %s', async (_, where, sort, expected) => {
    const harness = await sqliteHarness();
    const store = await harness.open();
    await store.ensure('apps_v1', [['status'], ['owner', 'name'], ['name']]);
    await store.close();
    const db = new DatabaseSync(harness.file);
    const clause = whereClause(where, ['status', 'owner', 'name']);
    const steps = db
      .prepare(
        `EXPLAIN QUERY PLAN SELECT doc FROM doc_apps_v1 WHERE ${clause.text} ORDER BY ${orderClause(sort, ['status', 'owner', 'name'])} LIMIT 5`,
      )
      .all(...clause.values) as { detail: string }[];
    db.close();
    await harness.destroy();
    expect(steps).toHaveLength(1);
    expect(steps[0]?.detail).toMatch(expected);
  });
});
