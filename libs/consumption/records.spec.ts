import { readRecords } from './records.js';

const A = '0198c5a0-0000-7000-8000-00000000000a';
const V = '0198c5a0-0000-7000-8000-00000000000b';
const good = { application_id: A, product_version_id: V, status: 200, time: '2026-06-15T12:00:00.250Z' };
const faultsOf = (record: unknown) => readRecords([good, record]).faults.map(({ field, rule }) => [field, rule]);

describe('records', () => {
  it('are read, whole or in their least form, with times in either form', () => {
    const whole = { latency_ms: 12.5, request_bytes: 0, response_bytes: 900, credential_id: V, id: 'r1' };
    const { records, faults } = readRecords([
      { ...good, ...whole },
      { ...good, application_id: A.toUpperCase(), time: '2026-06-15T14:00:00+02:00', latency_ms: null },
      { ...good, time: 1_781_524_800_000 },
    ]);
    expect(faults).toEqual([]);
    const call = { application: A, version: V, status: 200 };
    const rest = { latency: 12.5, requestSize: 0, responseSize: 900, credential: V, id: 'r1' };
    expect(records).toEqual([
      { ...call, time: Date.UTC(2026, 5, 15, 12, 0, 0, 250), ...rest },
      { ...call, time: Date.UTC(2026, 5, 15, 12) },
      { ...call, time: Date.UTC(2026, 5, 15, 12) },
    ]);
  });

  it.each<[unknown, string, string]>([
    [null, 'records.1', 'is_object'],
    [[], 'records.1', 'is_object'],
    [{ ...good, application_id: 'x' }, 'records.1.application_id', 'is_uuid'],
    [{ ...good, status: 99 }, 'records.1.status', 'is_integer'],
    [{ ...good, status: '200' }, 'records.1.status', 'is_integer'],
    [{ ...good, status: undefined }, 'records.1.status', 'required'],
    [{ ...good, time: '2026-06-15T12:00:00' }, 'records.1.time', 'is_date_time'],
    [{ ...good, time: '2026-13-15T12:00:00Z' }, 'records.1.time', 'is_date_time'],
    [{ ...good, time: -1 }, 'records.1.time', 'is_date_time'],
    [{ ...good, latency_ms: -0.1 }, 'records.1.latency_ms', 'is_number'],
    [{ ...good, latency_ms: NaN }, 'records.1.latency_ms', 'is_number'],
    [{ ...good, response_bytes: 1.5 }, 'records.1.response_bytes', 'is_integer'],
    [{ ...good, id: '' }, 'records.1.id', 'is_string'],
    [{ ...good, path: '/secret' }, 'records.1.path', 'unknown_property'],
  ])('are not understood: %j', (record, field, rule) => expect(faultsOf(record)).toEqual([[field, rule]]));
});
