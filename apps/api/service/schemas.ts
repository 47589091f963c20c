import { ROLES } from '../http/operation.js';
import type { Schema } from '../http/operation.js';

const text: Schema = { type: 'string' };
const integer: Schema = { type: 'integer' };
const time: Schema = { type: 'string', format: 'date-time' };
const position: Schema = { type: 'string', description: 'The number of a position in this log.' };

const object = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

const list = (items: Schema): Schema => ({ type: 'array', items });

const token = {
  id: { type: 'string', format: 'uuid' },
  name: text,
  role: { enum: ROLES },
  portal_id: { type: ['string', 'null'], format: 'uuid', description: 'The only portal it is for; null: all.' },
  created_at: time,
  expires_at: { type: ['string', 'null'], format: 'date-time' },
};

const view = object({
  name: text,
  position,
  lag_seconds: {
    type: ['number', 'null'],
    description: 'Age of the oldest event that it has not applied; null while the log does not tell.',
  },
  last_applied_at: { type: ['string', 'null'], format: 'date-time' },
  live: { type: 'boolean', description: 'It follows the log.' },
  blocked: {
    ...object({ position, event_id: text, error: text }),
    type: ['object', 'null'],
    description: 'The event that it cannot apply.',
  },
  rebuilding: { type: ['number', 'null'], description: 'Share done of the copy being built, 0 to 1.' },
});

const parked = object({ key: text, since: time, tries: integer, error: text });

const reactor = object({
  name: text,
  position: { ...position, description: 'Up to where it has taken in the log.' },
  waiting: { type: 'integer', description: 'Effects under way or to be tried (again).' },
  retrying: { type: 'integer', description: 'Of those, how many have failed at least once.' },
  parked: { type: 'integer', description: 'Effects given up until they are retried.' },
  problems: list({ ...parked, description: 'The first of the parked.' }),
  progress: list(object({ key: text, done: integer, total: integer })),
  blocked: { type: ['string', 'null'], description: 'Why it goes no further: an event of a newer release.' },
});

const engine: Schema = { enum: ['up', 'down'] };
const engines = object({ event_store: engine, read_models: engine, vault: engine });

export const serviceSchemas: Readonly<Record<string, Schema>> = {
  ServiceLiveness: object({ status: { enum: ['ok'] } }),
  ServiceReadiness: object({
    status: { enum: ['ready', 'degraded', 'starting'], description: 'degraded: it works, and somebody should look.' },
    engines,
    views: list(object({ name: text, live: { type: 'boolean' }, blocked: { type: 'boolean' } })),
    reactors: list(object({ name: text, parked: integer })),
  }),
  ServiceStatus: object({
    version: text,
    uptime_seconds: integer,
    engines,
    log: object({ id: text, head: { ...position, type: ['string', 'null'] } }),
    views: list(view),
    reactors: list(reactor),
  }),
  ServiceViews: object({ views: list(text) }),
  ServiceReactors: object({ reactors: list(text) }),
  ServiceToken: object({ token: { type: 'string', description: 'Shown once.' }, ...token }),
  ServiceTokens: object({ data: list(object(token)) }),
};
