import { AHEAD_MS, ingest, LATEST_MS, type Known } from './ingestion.js';
import type { ConsumptionStore, Segment } from './port.js';
import type { UsageRecord } from './records.js';
import { decodeSegment } from './segment.js';

const NOW = Date.UTC(2026, 5, 15, 12);
const known: Known = {
  application: async (id) => ({ a: 'home', b: 'abroad' })[id],
  version: async (_, version) => version === 'v',
  credential: async (_, credential) => credential === 'key',
};
const record = (values: Partial<UsageRecord> = {}): UsageRecord => ({
  ...{ application: 'a', version: 'v', status: 200, time: NOW },
  ...values,
});

async function sent(records: readonly UsageRecord[], portal?: string) {
  const segments: Segment[] = [];
  const store: Pick<ConsumptionStore, 'add'> = {
    add: async (segment) => void segments.push(segment),
  };
  const received = await ingest({ id: 'b', digest: 'd', portal, records }, { store, known, now: NOW });
  const { cells, uses } = decodeSegment(segments[0]!.content);
  return { received, uses, calls: cells.reduce((sum, { calls }) => sum + calls, 0), waits: segments[0]!.cells };
}

describe('the fate of a record', () => {
  it.each<[string, UsageRecord[], object]>([
    ['as old as may be', [record({ time: NOW - LATEST_MS })], { accepted: 1 }],
    ['late', [record({ time: NOW - LATEST_MS - 1 })], { late: 1 }],
    ['of a clock that is a little ahead', [record({ time: NOW + AHEAD_MS })], { accepted: 1 }],
    ['of the future', [record({ time: NOW + AHEAD_MS + 1 })], { future: 1 }],
    ['of an application that never was', [record({ application: 'z' })], { unknown: 1 }],
    ['of a version that never was', [record({ version: 'z' })], { unknown: 1 }],
    ['told twice', [record({ id: '1' }), record({ id: '1' }), record({ id: '2' })], { accepted: 2, duplicate: 1 }],
    ['alike, but not said to be the same', [record(), record()], { accepted: 2 }],
  ])('%s', async (_, records, fates) => {
    const { received, calls, waits } = await sent(records);
    const all = { accepted: 0, late: 0, future: 0, duplicate: 0, unknown: 0, ...fates };
    expect(received).toEqual({ outcome: 'stored', fates: all });
    expect(calls).toBe(all.accepted);
    expect(waits > 0).toBe(all.accepted > 0);
  });

  it('is unknown to who speaks for another portal', async () => {
    const records = [record(), record({ application: 'b' })];
    expect((await sent(records)).received).toMatchObject({ fates: { accepted: 2 } });
    expect((await sent(records, 'home')).received).toMatchObject({ fates: { accepted: 1, unknown: 1 } });
  });

  it('does not hang on a key that is not the application’s', async () => {
    const { uses, calls } = await sent([record({ credential: 'key' }), record({ credential: 'another’s' })]);
    expect(calls).toBe(2);
    expect(uses.filter(({ kind }) => kind === 'credential').map(({ id }) => id)).toEqual(['key']);
  });
});
