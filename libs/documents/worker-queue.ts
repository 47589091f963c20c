import { Worker } from 'node:worker_threads';

/** What became of a job. */
export type Ran<Answer> =
  { readonly ran: 'done'; readonly answer: Answer } | { readonly ran: 'timed-out' } | { readonly ran: 'out-of-memory' };

/** Too many jobs are waiting; the caller may try again in a moment. */
export class ParserBusy extends Error {
  override readonly name = 'ParserBusy';
}

export interface WorkerQueueOptions {
  /** The compiled entry. */
  readonly entry: URL;
  /** For one job, the start of the worker included. */
  readonly maxMilliseconds: number;
  readonly maxOldGenerationMb: number;
  /** The worker ends when it had nothing to do for so long. */
  readonly idleMilliseconds: number;
  /** Jobs that may wait behind the running one. */
  readonly maxWaiting: number;
}

export interface JobOptions {
  /** Buffers of the job that the worker gets instead of a copy: they are empty for the caller afterwards. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Ends the worker right after this job, so that its heap is given back. */
  readonly last?: boolean;
}

export interface WorkerQueue<Job, Answer> {
  /** Runs one job after the other in one worker thread. Rejects with ParserBusy, or if the worker fails unexpectedly. */
  run(job: Job, options?: JobOptions): Promise<Ran<Answer>>;
  /** Ends the worker; a job that is running or waiting is rejected. */
  close(): Promise<void>;
}

/** A worker that takes too long or too much memory is ended, and the next job gets a new one. */
export function createWorkerQueue<Job, Answer>(options: WorkerQueueOptions): WorkerQueue<Job, Answer> {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let unfinished = 0;
  let closed = false;

  const end = async (): Promise<void> => {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  };

  const start = (): Worker => {
    const resourceLimits = { maxOldGenerationSizeMb: options.maxOldGenerationMb };
    // No environment and no options of this process: what reads hostile input should hold no secrets.
    const started = new Worker(options.entry, { env: {}, execArgv: [], resourceLimits });
    started.on('exit', () => {
      if (worker === started) worker = undefined;
    });
    // Failures are seen by the job they end; without a job there is nobody to tell.
    return started.on('error', () => undefined);
  };

  const perform = async (job: Job, { transfer = [], last: isLast = false }: JobOptions): Promise<Ran<Answer>> => {
    if (closed) throw new Error('The parser is closed');
    clearTimeout(idle);
    worker ??= start();
    worker.ref();
    try {
      const result = await ask<Job, Answer>(worker, job, transfer, options.maxMilliseconds);
      if (result.ran !== 'done' || isLast) await end();
      return result;
    } catch (error) {
      await end();
      throw error;
    } finally {
      worker?.unref();
      idle = setTimeout(() => void end(), options.idleMilliseconds).unref();
    }
  };

  return {
    async run(job, jobOptions = {}) {
      if (unfinished > options.maxWaiting)
        throw new ParserBusy('Too many documents are being read; try again in a moment');
      unfinished += 1;
      const mine = last.then(() => perform(job, jobOptions));
      // without the answer, which may be large
      last = mine.then(
        () => undefined,
        () => undefined,
      );
      try {
        return await mine;
      } finally {
        unfinished -= 1;
      }
    },
    async close() {
      closed = true;
      await end();
      await last;
    },
  };
}

function ask<Job, Answer>(
  worker: Worker,
  job: Job,
  transfer: readonly ArrayBuffer[],
  maxMilliseconds: number,
): Promise<Ran<Answer>> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: Answer): void => settle(() => resolve({ ran: 'done', answer }));
    const onError = (error: NodeJS.ErrnoException): void =>
      settle(() => (error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? resolve({ ran: 'out-of-memory' }) : reject(error)));
    const onExit = (): void => settle(() => reject(new Error('The parser was ended while it worked')));
    const timer = setTimeout(() => settle(() => resolve({ ran: 'timed-out' })), maxMilliseconds);
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      finish();
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(job, transfer);
  });
}
