import type { Permission } from '#domain/core/command.js';
import { ROLES, type Role } from '#domain/core/roles.js';
import { COMMANDS } from '#domain/command-table.js';
import type { OperationSpec } from './operation.js';

interface Rights {
  readonly may: string;
  /** In the permission column of the command table: which commands it sends to /commands. Absent: none. */
  readonly commands?: Permission;
  /** Ids of operations that it may use although they name another role. */
  readonly operations?: readonly string[];
}

/** What each role may do besides the operations that name it. */
export const RIGHTS: Readonly<Record<Role, Rights>> = {
  admin: { may: 'Everything that any role may.', commands: 'admin' },
  approver: {
    may: 'Decides on developers and on requests for access, and reads what it takes to decide.',
    commands: 'approver',
    operations: [
      'listPendingDecisions',
      'readDeveloperStory',
      'readApplicationStory',
      'list-portal-developers',
      'get-developer',
      'update-developer',
      'list-applications',
      'get-application',
      'list-registrations',
      'list-registrations-by-application',
      'get-application-registration',
      'update-application-registration',
    ],
  },
  auditor: {
    may: 'Reads the audit: stories, timeline, what is pending, and consumption.',
    operations: ['queryAccessStatistics'],
  },
  integration: { may: 'Sends commands and reads their receipts.', commands: 'integration' },
  analytics: { may: 'Reads the event feed and consumption.' },
  gateway: { may: 'Asks whether calls may go through, and reports usage.' },
};

export type Door = Pick<OperationSpec, 'id' | 'method' | 'path' | 'access' | 'query'>;

const COMMAND = /^\/commands\/(\w+)$/;

/** Whether a role may use an operation. Operations without a role are nobody's: false. */
export function permits(role: Role, { id, method, path, access }: Door): boolean {
  if (typeof access !== 'object') return false;
  if (role === 'admin' || access.role === role) return true;
  const { commands, operations } = RIGHTS[role];
  if (operations?.includes(id)) return true;
  const name = method === 'POST' ? COMMAND.exec(path)?.[1] : undefined;
  return name !== undefined && commands !== undefined && (COMMANDS.get(name)?.permission.includes(commands) ?? false);
}

export const rolesFor = (door: Door): readonly Role[] => ROLES.filter((role) => permits(role, door));

/**
 * Whether what an operation reads or changes belongs to the portal that a token is limited to: its path or its filter names
 * the portal, or it sends a command, which is looked at where it is decided.
 */
export function staysWithin(portal: string, door: Door, request: { params?: unknown; query?: unknown }): boolean {
  const named = (values: unknown, name: string): boolean => {
    const value = (values as Readonly<Record<string, unknown>> | undefined)?.[name];
    return typeof value === 'string' && value.toLowerCase() === portal;
  };
  if (door.path.includes('/{portalId}')) return named(request.params, 'portalId');
  if (typeof door.query === 'object' && 'portal' in door.query) return named(request.query, 'portal');
  return door.method === 'POST' && COMMAND.test(door.path);
}
