import { isInsecureIssuer } from '#domain/portal/identity-provider.js';
import { isRole, ROLES, type Role } from '#domain/core/roles.js';
import { ConfigError } from '../engines/config-error.js';

/** The organisation's identity provider, whose access tokens administrators and services may come with (RFC 9068). */
export interface AdminIdentity {
  /** Exactly as in the tokens' `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** Name of the claim that holds roles, or the path to it with dots between: realm_access.roles */
  readonly roleClaim: string;
  /** What is in the claim, and the role that it means. */
  readonly roles: ReadonlyMap<string, Role>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError naming the setting */
export function adminIdentity(env: Env): AdminIdentity | undefined {
  const issuer = env['GATEHOUSE_ADMIN_ISSUER'];
  if (!issuer) return undefined;
  const parsed = URL.parse(issuer);
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.search || parsed.hash)
    throw new ConfigError('GATEHOUSE_ADMIN_ISSUER must be the address in the iss of the tokens, without query.');
  if (isInsecureIssuer(issuer))
    throw new ConfigError('GATEHOUSE_ADMIN_ISSUER must be https, unless it is in a private network.');
  const audience = env['GATEHOUSE_ADMIN_AUDIENCE'];
  if (!audience)
    throw new ConfigError('GATEHOUSE_ADMIN_AUDIENCE is required with GATEHOUSE_ADMIN_ISSUER: the aud of the tokens.');
  return {
    issuer,
    audience,
    roleClaim: env['GATEHOUSE_ADMIN_ROLE_CLAIM'] || 'roles',
    roles: roleMap(env['GATEHOUSE_ADMIN_ROLES'] || ROLES.map((role) => `${role}=${role}`).join(',')),
  };
}

/** `value=role` with commas between. The value may hold an equals sign itself, as names in directories do. */
function roleMap(text: string): ReadonlyMap<string, Role> {
  const pairs = text.split(',').map((pair): [string, Role] => {
    const [, value = '', role = ''] = /^\s*(.+)=\s*(\w+)\s*$/.exec(pair) ?? [];
    if (value.trim() === '' || !isRole(role))
      throw new ConfigError(
        `GATEHOUSE_ADMIN_ROLES must be a list such as portal-admins=admin,portal-owners=approver; roles are ${ROLES.join(', ')}.`,
      );
    return [value.trim(), role];
  });
  return new Map(pairs);
}
