import { openForViews } from '../engines/open.js';
import type { EngineConfig } from '../engines/settings.js';
import type { View } from '#read-models/port.js';
import { createProjections, type Projections, type ProjectionsOptions } from '#read-models/projections.js';
import { allViews } from '#read-models/views/index.js';

/** How the views run; what is left out has the default of createProjections. */
export type Settings = Pick<ProjectionsOptions, 'batchSize' | 'idleMs' | 'purgeMs' | 'settleMs'>;

/** Where troubles are told: a pino logger, or anything with its `error`. */
export interface Log {
  error(details: object, message: string): void;
}

/** What views report, as log lines. */
export function reportsTo(log: Log): Required<Pick<ProjectionsOptions, 'onBlocked' | 'onError'>> {
  return {
    onBlocked: (view, { position, eventId, error }) =>
      log.error({ view, position: String(position), event_id: eventId, error }, 'a view is blocked'),
    onError: (err, view) => log.error({ err, view }, 'views could not go on; trying again'),
  };
}

/**
 * Starts the views on connections of their own; stop closes them. `log.db` and `blobs.db` are read and must exist, `views.db` is
 * written. One at a time may run on a data folder.
 */
export async function openProjections(
  config: EngineConfig,
  options: Settings & Pick<ProjectionsOptions, 'onBlocked' | 'onError' | 'onStatus'>,
  views: readonly View[] = allViews,
): Promise<Projections> {
  const { store: log, blobs, readModels: store, close } = await openForViews(config);
  try {
    const blob = (sha256: string) => blobs.get(sha256);
    const projections = await createProjections({ views, log, store, blob, ...options });
    return {
      ...projections,
      async stop() {
        await projections.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
