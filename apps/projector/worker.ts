/** The worker thread that keeps the views of a data folder up to date. Started by embedded.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import type { EngineConfig } from '../engines/settings.js';
import type { Projections } from '#read-models/projections.js';
import type { FromWorker, Request, ToWorker } from './messages.js';
import { openProjections, type Settings } from './open.js';

const { config, settings } = workerData as { config: EngineConfig; settings: Settings };
const port = parentPort!;
const tell = (message: FromWorker): void => port.postMessage(message);

const projections = await openProjections(config, {
  ...settings,
  onStatus: (status) => tell({ kind: 'status', status }),
  onBlocked: (view, blocked) => tell({ kind: 'blocked', view, blocked }),
  onError: (error, view) => tell({ kind: 'error', error: cloneable(error), view }),
});

port.on('message', (message: ToWorker) => {
  if (message.kind === 'poke') return projections.poke();
  const { id, request } = message;
  void perform(projections, request)
    .then(
      () => tell({ kind: 'done', id }),
      (error: Error) => tell({ kind: 'done', id, error: error.message }),
    )
    .finally(() => request.do === 'stop' && port.close());
});

tell({ kind: 'ready', status: projections.status() });

function perform(to: Projections, request: Request): Promise<void> {
  switch (request.do) {
    case 'rebuild':
      return to.rebuild(request.view);
    case 'retry':
      return to.retry(request.view);
    default:
      return to[request.do]();
  }
}

/** An error may carry what cannot be sent to another thread. */
function cloneable(error: unknown): Error {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return Object.assign(new Error(message), { stack });
}
