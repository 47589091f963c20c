/** Too much is waiting already; the caller may try again in a moment. */
export class TooBusy extends Error {
  override readonly name = 'TooBusy';
}

export interface QueueLoad {
  readonly running: number;
  readonly waiting: number;
}

/** Runs at most `parallel` jobs at once, in order of arrival; rejects with TooBusy when `waiting` more are queued. */
export function createBoundedQueue({ parallel, waiting }: { parallel: number; waiting: number }) {
  const queue: (() => void)[] = [];
  let running = 0;

  async function run<T>(job: () => Promise<T>): Promise<T> {
    if (running < parallel) running += 1;
    else if (queue.length >= waiting) throw new TooBusy('Too much of this kind is going on; try again in a moment');
    else await new Promise<void>((proceed) => queue.push(proceed));
    try {
      return await job();
    } finally {
      // The place passes to the next in line without becoming free in between.
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  }
  return Object.assign(run, { load: (): QueueLoad => ({ running, waiting: queue.length }) });
}
