import { join } from 'node:path';
import { openSqliteBlobs } from '#blobs/sqlite/blobs.js';
import { openSqliteEventStore } from '#event-store/sqlite/event-store.js';
import type { View } from '#read-models/port.js';
import { createProjections, type Projections, type ProjectionsOptions } from '#read-models/projections.js';
import { openSqliteReadModels } from '#read-models/sqlite/read-models.js';
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
 * Starts the views of a data folder on connections of their own; stop closes them. log.db and blobs.db are read and must
 * exist, views.db is written. One at a time may run on a folder.
 */
export async function openProjections(
  dataDir: string,
  options: Settings & Pick<ProjectionsOptions, 'onBlocked' | 'onError' | 'onStatus'>,
  views: readonly View[] = allViews,
): Promise<Projections> {
  const log = openSqliteEventStore({ file: join(dataDir, 'log.db'), readOnly: true });
  const blobs = openSqliteBlobs({ file: join(dataDir, 'blobs.db'), readOnly: true });
  const store = openSqliteReadModels({ file: join(dataDir, 'views.db') });
  async function close(): Promise<void> {
    await store.close();
    await blobs.close();
    await log.close();
  }
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
