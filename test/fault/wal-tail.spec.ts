import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteEventStore } from '#event-store/sqlite/event-store.js';
import type { NewStoredEvent } from '#event-store/port.js';
import { seeded } from './random.js';

const APPENDS = 80;
const CUTS = 60;
const WAL_HEADER = 32;
/** A page of 4,096 bytes and the header of its frame. */
const FRAME = 4_096 + 24;

describe('a log whose write-ahead log has lost its tail', () => {
  let folder: string;
  let wal: Buffer;
  /** Number of events after each append, ascending: where a prefix may end. */
  const ends: number[] = [0];

  /** An append of one to three events; it takes a claim and gives back the one before. */
  const eventsOf = (append: number): NewStoredEvent[] =>
    Array.from({ length: 1 + (append % 3) }, (_, n) => ({
      id: `${append}-${n}`,
      type: 'test.happened.v1',
      data: { append, text: 'x'.repeat(50 * append) },
      metadata: {},
    }));
  const streamOf = (append: number): string => `test-${append}`;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-wal-'));
    const file = join(folder, 'log.db');
    const store = openSqliteEventStore({ file });
    for (let append = 1; append <= APPENDS; append++) {
      await store.append({
        stream: streamOf(append),
        expectedRevision: -1,
        events: eventsOf(append),
        claims: { take: [`claim-${append}`], drop: [] },
        receipt: { key: `key-${append}`, payload: '', commandId: `${append}`, expiresAt: Date.now() + 1e9, sealed: '' },
      });
      ends.push(ends.at(-1)! + eventsOf(append).length);
    }
    // While the store is open everything is in the write-ahead log: what the disk holds when the process is killed.
    for (const name of ['log.db', 'log.db-wal']) copyFileSync(join(folder, name), join(folder, `kept-${name}`));
    await store.close();
    wal = readFileSync(join(folder, 'kept-log.db-wal'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Opens the log with this tail, and returns how many appends it still holds. */
  async function appendsIn(tail: Buffer): Promise<number> {
    const file = join(folder, 'cut.db');
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    copyFileSync(join(folder, 'kept-log.db'), file);
    writeFileSync(`${file}-wal`, tail);
    const store = openSqliteEventStore({ file });
    try {
      const events = await store.readAll({ after: 0n, limit: 1_000 });
      expect(await store.integrity()).toEqual([]);
      expect(ends).toContain(events.length);
      const kept = ends.indexOf(events.length);
      const expected = Array.from({ length: kept }, (_, n) => eventsOf(n + 1)).flat();
      expect(events.map(({ id, data }) => ({ id, data }))).toEqual(expected.map(({ id, data }) => ({ id, data })));
      for (let append = 1; append <= APPENDS; append++) {
        const there = append <= kept;
        expect(await store.ownerOf(`claim-${append}`)).toBe(there ? streamOf(append) : undefined);
        expect((await store.receipt(`key-${append}`)) !== undefined).toBe(there);
      }
      const next = await store.append({ stream: 'test-next', expectedRevision: -1, events: eventsOf(APPENDS + 1) });
      expect(next).toMatchObject({ outcome: 'appended' });
      return kept;
    } finally {
      await store.close();
    }
  }

  it('holds everything when nothing is cut', async () => {
    expect(await appendsIn(wal)).toBe(APPENDS);
  });

  it('holds whole appends from the beginning, wherever it was cut', async () => {
    const random = seeded(20_261_124);
    const frames = Math.floor((wal.length - WAL_HEADER) / FRAME);
    const anywhere = Array.from({ length: CUTS }, () => random.between(0, wal.length - 1));
    const atFrames = Array.from({ length: 10 }, () => WAL_HEADER + FRAME * random.between(0, frames - 1));
    const cuts = [...anywhere, ...atFrames, ...atFrames.map((cut) => cut + 1), ...atFrames.map((cut) => cut + 23)];
    cuts.sort((a, b) => a - b);
    let before = 0;
    for (const cut of cuts) {
      const kept = await appendsIn(wal.subarray(0, cut));
      expect(kept).toBeGreaterThanOrEqual(before); // a longer tail never holds less
      before = kept;
    }
    expect(before).toBeGreaterThan(APPENDS / 2);
  });

  it('holds whole appends from the beginning when a byte of the tail was garbled', async () => {
    const random = seeded(7);
    for (let n = 0; n < 25; n++) {
      const garbled = Buffer.from(wal);
      const at = random.between(WAL_HEADER, wal.length - 1);
      garbled[at] = garbled[at]! ^ 0x55;
      expect(await appendsIn(garbled)).toBeLessThan(APPENDS);
    }
  });
});
