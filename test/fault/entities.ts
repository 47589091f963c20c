import type { ApplicationState } from '#domain/application/state.js';
import { fold } from '#domain/core/fold.js';
import type { DeveloperState } from '#domain/developer/state.js';
import { AGGREGATES } from '#domain/registry.js';
import type { StoredEvent } from '#event-store/port.js';
import { splitStream } from '#read-models/log-event.js';
import { groupBy } from './group-by.js';

/** An entity as its stream leaves it. */
export interface Entity<S> {
  readonly id: string;
  readonly stream: string;
  readonly state: S;
}

/** The applications and developers of a log, those that are gone included. */
export function entitiesOf(events: readonly StoredEvent[]): {
  readonly applications: readonly Entity<ApplicationState>[];
  readonly developers: readonly Entity<DeveloperState>[];
} {
  const streams = groupBy(events, ({ stream }) => stream);
  function of<S>(wanted: 'application' | 'developer'): Entity<S>[] {
    return [...streams].flatMap(([stream, own]) => {
      const { aggregate, entityId: id } = splitStream(stream);
      if (aggregate !== wanted) return [];
      const past = own.map(({ type, data, metadata }) => ({ type, data, at: metadata['recorded_at']! }));
      return [{ id, stream, state: fold(AGGREGATES[wanted], past) as S }];
    });
  }
  return { applications: of('application'), developers: of('developer') };
}
