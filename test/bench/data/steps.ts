import type { Actor, NewEvent } from '#domain/core/decider.js';

/** One command of a history and the events that it led to. */
export interface Step {
  readonly command: string;
  readonly actor: Actor;
  readonly events: readonly NewEvent[];
}

export const ADMIN: Actor = { kind: 'admin', id: 'admin' };
export const developerActor = (id: string): Actor => ({ kind: 'developer', id });

export const step = (command: string, actor: Actor, ...events: readonly NewEvent[]): Step => ({ command, actor, events });
