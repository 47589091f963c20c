import { createLogReader } from './log-reader.js';
import { arrayLog, storedEvents, type EventNotation } from './testing.js';
import { createRunner } from './runner.js';
import { createReads } from './reads.js';
import { sqliteHarness } from './sqlite/harness.contract.js';
import { searchCatalogue } from './search-query.js';
import { allViews } from './views/index.js';
import * as t from './views/testing.js';

it('bench', async () => {
  const ev: EventNotation[] = [t.portalMade('po1'), t.strategyMade('st1')];
  const words = ['payment','refund','order','invoice','customer','ledger','search','report','webhook','token','address','region','batch','export','import','status'];
  const pick = (n: number) => words[n % words.length]!;
  for (let p = 0; p < 2000; p++) {
    ev.push(t.productMade(`p${p}`, { name: `${pick(p)} ${pick(p * 7 + 3)} ${p}`, description: `An API for ${pick(p*3)} and ${pick(p*5+1)} of number ${p} with many words in it` }));
    ev.push(t.listedOn(['po1'], `p${p}`));
    for (const v of [1, 2]) { ev.push(t.versionMade(`v${v}-${p}`, `v${v}`, `p${p}`)); ev.push(t.publishedOn('po1', `v${v}-${p}`, {}, `p${p}`)); }
    if (p < 40) ev.push(t.specificationMade({}, `v1-${p}`, `p${p}`));
    if (p < 2000) ev.push(t.documentMade(`d${p}`, {}, `p${p}`));
  }
  for (let d = 0; d < 10000; d++) {
    const s = `developer-d${d}`;
    ev.push(t.developerMade(`d${d}`)); ev.push(t.on(s, 'developer.email-confirmed.v1', {}));
    ev.push(t.on(s, 'developer.approved.v1', { from: 'pending', reason: null }));
    ev.push(t.applicationMade(`a${d}`, { developer_id: `d${d}` }));
    ev.push(t.keyMade(`c${d}`, {}, `a${d}`));
    ev.push(t.requested(`r${d}`, { product_id: `p${d % 2000}`, product_version_id: `v1-${d % 2000}` }, `a${d}`));
    ev.push(t.accessDecided('approved', `r${d}`, 'pending', `a${d}`));
  }
  const ops = JSON.stringify(Array.from({ length: 1000 }, (_, i) => ({ path: `/${pick(i)}/{id}/${pick(i*3)}${i}`, operation_id: `${pick(i)}Get${i}`, tags: [pick(i*5)], summary: `Get ${pick(i*2)} of ${i}` })));
  const blob = async (s: string) => new TextEncoder().encode(s === 'operations' ? ops : '# Doc\n\n' + words.join(' ') + ' text '.repeat(500));
  const harness = await sqliteHarness(); const store = await harness.open();
  const reader = createLogReader(arrayLog(storedEvents(ev)), { keep: 1000 });
  const out: string[] = [`events ${ev.length}`];
  let total = 0;
  for (const view of allViews.filter((v) => ['catalogue','search','timeline','applications'].includes(v.name))) {
    const t0 = performance.now();
    const runner = await createRunner({ view, collection: `${view.name}_v1`, reader, store, blob });
    while ((await runner.step()) === 'advanced');
    if (runner.blocked()) out.push('BLOCKED ' + JSON.stringify(runner.blocked()!.error));
    const ms = performance.now() - t0; total += ms;
    out.push(`${view.name}: ${ms.toFixed(0)} ms, ${Math.round(ev.length / ms * 1000)} events/s, docs ${await store.count(`${view.name}_v1`, [])}`);
  }
  out.push(`all: ${total.toFixed(0)} ms = ${Math.round(ev.length / total * 1000)} events/s`);
  const reads = createReads(store, { collectionOf: (v) => `${v}_v1`, waitFor: async () => true });
  for (const [q, n] of [['', 300], ['', 300], ['payment', 20], ['p', 5], ['payment refund', 10], ['report 17', 10], ['zzz', 100], ['get', 5]] as const) {
    const t0 = performance.now(); let r;
    for (let i = 0; i < n; i++) r = await searchCatalogue(reads, 'po1', q, { number: 1, size: 10 });
    out.push(`[${q}] ${((performance.now() - t0) / n).toFixed(3)} ms total ${r!.total}`);
  }
  for (const [n, f] of [['find', () => store.find('catalogue_v1', { where: [{ field: 'portal_id', op: 'eq', value: 'po1' }], sort: [{ field: 'name_folded' }], limit: 10 })], ['count', () => store.count('catalogue_v1', [{ field: 'portal_id', op: 'eq', value: 'po1' }])]] as const) {
    const t0 = performance.now(); for (let i = 0; i < 500; i++) await f(); out.push(`${n} ${((performance.now() - t0) / 500).toFixed(3)} ms`);
  }
  process.stdout.write(out.join('\n') + '\n');
  await store.close(); await harness.destroy();
}, 300000);
