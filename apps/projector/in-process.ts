import type { EngineConfig } from '../engines/settings.js';
import type { View } from '#read-models/port.js';
import type { Projections } from '#read-models/projections.js';
import { openProjections, reportsTo, type Log, type Settings } from './open.js';

/** The views in this thread instead of a worker, behind the same interface: for tests that run from source. */
export function startInProcessProjections(
  config: EngineConfig,
  log: Log,
  { views, ...settings }: Settings & { readonly views?: readonly View[] } = {},
): Promise<Projections> {
  return openProjections(config, { ...settings, ...reportsTo(log) }, views);
}
