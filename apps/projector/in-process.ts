import type { View } from '#read-models/port.js';
import type { Projections } from '#read-models/projections.js';
import { openProjections, reportsTo, type Log, type Settings } from './open.js';

/** The views in this thread instead of a worker, behind the same interface: for tests that run from source. */
export function startInProcessProjections(
  dataDir: string,
  log: Log,
  { views, ...settings }: Settings & { readonly views?: readonly View[] } = {},
): Promise<Projections> {
  return openProjections(dataDir, { ...settings, ...reportsTo(log) }, views);
}
