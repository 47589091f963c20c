import { createWorkerQueue, type WorkerQueue } from './worker-queue.js';

interface Seen {
  readonly thread: number;
  readonly bytes: number;
}

/** Says in which thread a job was done, and how many bytes came. */
const entry = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, threadId } from 'node:worker_threads';
    parentPort.on('message', ({ length }) => parentPort.postMessage({ thread: threadId, bytes: length }));
  `)}`,
);

describe('a worker queue', () => {
  let queue: WorkerQueue<Uint8Array, Seen>;
  const limits = { maxMilliseconds: 20_000, maxOldGenerationMb: 64, idleMilliseconds: 60_000, maxWaiting: 8 };
  beforeEach(() => (queue = createWorkerQueue({ entry, ...limits })));
  afterEach(() => queue.close());

  async function threadOf(last: boolean): Promise<number> {
    const ran = await queue.run(new Uint8Array(1), { last });
    if (ran.ran !== 'done') throw new Error(ran.ran);
    return ran.answer.thread;
  }

  it('ends the worker after a job that is to be its last', async () => {
    const first = await threadOf(false);
    expect(await threadOf(true)).toBe(first);
    expect(await threadOf(false)).not.toBe(first);
  });

  it('hands buffers over', async () => {
    const bytes = new Uint8Array(100);
    const ran = await queue.run(bytes, { transfer: [bytes.buffer] });
    expect(ran).toMatchObject({ ran: 'done', answer: { bytes: 100 } });
    expect(bytes).toHaveLength(0);
  });
});
