/** Role-based access: what a developer may see and ask for, by the roles of the developer's teams. */
import type { DeveloperState } from '../developer/state.js';
import type { PortalState } from '../portal/state.js';
import { ALL_PRODUCTS } from './roles.js';
import type { TeamState } from './state.js';

/** Whether roles decide on a portal: a public one shows everything to everybody, and has nobody who could have a role. */
export const isRestricted = ({ rbac_enabled, is_public }: Pick<PortalState, 'rbac_enabled' | 'is_public'>): boolean =>
  rbac_enabled && !is_public;

/** The teams that a developer is in, some of which may not exist any more. */
export const teamIdsOf = ({ teams }: Pick<DeveloperState, 'teams'>): readonly string[] =>
  teams.map(({ team_id }) => team_id);

/** What of the products that a portal lists somebody may use. */
export interface ProductAccess {
  /** The products that may be viewed; undefined: all. */
  readonly viewable: ReadonlySet<string> | undefined;
  mayView(productId: string): boolean;
  /** Whether applications may be registered for versions of the product. Whoever may register may view. */
  mayRegister(productId: string): boolean;
}

/** On a portal that asks for no roles. */
export const FULL_ACCESS: ProductAccess = { viewable: undefined, mayView: () => true, mayRegister: () => true };

/** The union of what teams allow on a portal; those that are deleted, or of another portal, allow nothing. */
export function accessThrough(teams: Iterable<TeamState>, portalId: string): ProductAccess {
  const view = new Set<string>();
  const register = new Set<string>();
  for (const { exists, portal_id, roles } of teams) {
    if (!exists || portal_id !== portalId) continue;
    for (const { role_name, product_id } of roles) {
      view.add(product_id);
      if (role_name === 'API Consumer') register.add(product_id);
    }
  }
  const has = (products: ReadonlySet<string>, id: string) => products.has(ALL_PRODUCTS) || products.has(id);
  return {
    viewable: view.has(ALL_PRODUCTS) ? undefined : view,
    mayView: (id) => has(view, id),
    mayRegister: (id) => has(register, id),
  };
}
