import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { EngineConfig } from '../engines/settings.js';
import type { Projections } from '#read-models/projections.js';
import { createStatusBoard } from '#read-models/status.js';
import type { FromWorker, Request, ToWorker } from './messages.js';
import { reportsTo, type Log, type Settings } from './open.js';

export interface EmbeddedOptions extends Settings {
  /** The compiled worker.js; default: the one beside this file. */
  readonly workerUrl?: URL;
}

/** A batch's objects do not outlive it: more room for young ones costs memory and saves no time. */
const YOUNG_OBJECTS = { maxYoungGenerationSizeMb: 12 };

const MAX_BACKOFF_MS = 10_000;
const STOP_MS = 10_000;

interface Asked {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Runs the views in a worker thread, so that building them never holds up an answer. Resolves when the
 * worker is up: views.db exists then and may be opened read-only. A worker that dies is reported and started
 * again, with growing pauses; until then the views stand still and waiting runs out. Rejects if the first start fails.
 */
export async function startEmbeddedProjections(
  { dataDir, engines }: EngineConfig,
  log: Log,
  { workerUrl = new URL('./worker.js', import.meta.url), ...settings }: EmbeddedOptions = {},
): Promise<Projections> {
  const { onBlocked, onError } = reportsTo(log);
  const board = createStatusBoard();
  const asked = new Map<number, Asked>();
  let nextId = 0;
  let worker: Worker | undefined;
  let stopped = false;
  let paused = false;
  let deaths = 0;

  /** Resolves when the worker is up, rejects if it dies before. */
  function start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const started = new Worker(workerUrl, {
        workerData: { config: { dataDir, engines }, settings },
        resourceLimits: YOUNG_OBJECTS,
      });
      let failure: unknown;
      started.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') {
          worker = started;
          deaths = 0;
          board.update(message.status);
          if (paused) void request({ do: 'pause' }).catch(() => undefined);
          resolve();
        } else receive(message);
      });
      started.on('error', (error) => {
        failure = error;
      });
      started.on('exit', (code) => {
        const error = failure ?? new Error(`the views' worker ended with code ${code}`);
        if (worker === started) void died(error);
        else reject(error as Error);
      });
    });
  }

  function receive(message: Exclude<FromWorker, { kind: 'ready' }>): void {
    switch (message.kind) {
      case 'status':
        board.update(message.status);
        break;
      case 'blocked':
        onBlocked(message.view, message.blocked);
        break;
      case 'error':
        onError(message.error, message.view);
        break;
      case 'done': {
        const { resolve, reject } = asked.get(message.id)!;
        asked.delete(message.id);
        if (message.error === undefined) resolve();
        else reject(new Error(message.error));
      }
    }
  }

  async function died(error: unknown): Promise<void> {
    worker = undefined;
    for (const { reject } of asked.values()) reject(new Error("the views' worker ended; ask again"));
    asked.clear();
    while (!stopped) {
      onError(error);
      await delay(Math.min(100 * 2 ** deaths++, MAX_BACKOFF_MS));
      if (stopped) return;
      try {
        return await start();
      } catch (again) {
        error = again;
      }
    }
  }

  function send(message: ToWorker): void {
    worker?.postMessage(message);
  }

  function request(what: Request): Promise<void> {
    if (!worker) return Promise.reject(new Error("the views' worker is being restarted; ask again"));
    const id = nextId++;
    return new Promise((resolve, reject) => {
      asked.set(id, { resolve, reject });
      send({ kind: 'request', id, request: what });
    });
  }

  await start();
  return {
    ...board,
    poke: () => send({ kind: 'poke' }),
    rebuild: (view) => request({ do: 'rebuild', view }),
    retry: (view) => request({ do: 'retry', view }),
    pause: () => {
      paused = true;
      return request({ do: 'pause' });
    },
    resume: () => {
      paused = false;
      return request({ do: 'resume' });
    },
    async stop() {
      stopped = true;
      const stopping = worker;
      if (stopping) {
        const ended = new Promise((resolve) => stopping.once('exit', resolve));
        const asking = request({ do: 'stop' }).catch(() => undefined);
        await Promise.race([Promise.all([asking, ended]), delay(STOP_MS, undefined, { ref: false })]);
        await stopping.terminate();
      }
      board.close();
    },
  };
}
