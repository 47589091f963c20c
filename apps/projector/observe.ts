import { reactorGroups, type ReactorNeeds, type ServiceReactors } from '../api/reactors.js';
import type { Engines } from '../engines/open.js';
import { firstOnly } from './repeat.js';
import type { Log } from './open.js';
import { observeProjections } from '#read-models/observed.js';
import type { View } from '#read-models/port.js';
import type { Projections } from '#read-models/projections.js';
import { allViews } from '#read-models/views/index.js';
import { observeReactors } from '#reactors/observed.js';

/** For a process that runs no views: how they stand, as the projectors say. */
export const observeViews = (
  { vault, readModels }: Pick<Engines, 'vault' | 'readModels'>,
  log: Log,
  views: readonly View[] = allViews,
): Promise<Projections> =>
  observeProjections({
    views,
    vault,
    store: readModels,
    onError: firstOnly((err) => log.error({ err }, 'the state of the views could not be read; trying again')),
  });

/** For a process that runs no reactors: how they stand, as the projectors say. */
export async function observeServiceReactors(services: ReactorNeeds): Promise<ServiceReactors> {
  const { groups, close } = reactorGroups(services);
  await close();
  const { vault, store, now, log } = services;
  return observeReactors({
    groups: groups.map(({ name }) => name),
    vault,
    log: store,
    now,
    onError: (err) => log.error({ err }, 'the state of the reactors could not be read; trying again'),
  });
}
