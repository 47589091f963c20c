import type { Actor } from './decider.js';

/** Roles of those who come with a bearer token. `admin` may do what every other role may. */
export const ROLES = ['admin', 'approver', 'auditor', 'integration', 'analytics', 'gateway'] as const;
export type Role = (typeof ROLES)[number];

/** As what the holder of a role sends commands: the permission column of the command table names these. */
export const actorKindOf = (role: Role): Actor['kind'] =>
  role === 'admin' || role === 'approver' ? role : 'integration';

export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);
