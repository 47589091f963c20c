/** What a team's members may do with a product of their portal, when the portal asks for roles. */

export const ROLE_NAMES = ['API Viewer', 'API Consumer'] as const;
export type RoleName = (typeof ROLE_NAMES)[number];

/** Each role with what Konnect says of it. */
export const ROLES = {
  apiviewer: {
    name: 'API Viewer',
    description: 'API Viewers have read-only access to the documentation of a service in a portal',
  },
  apiconsumer: { name: 'API Consumer', description: 'API Consumers can make calls to the given service' },
} as const satisfies Record<string, { name: RoleName; description: string }>;

/** Konnect's word for API products here. */
export const ENTITY_TYPES = ['Services'] as const;

/** Konnect's regions. They mean nothing in an installation of one's own, and are given back as they were given. */
export const ENTITY_REGIONS = ['us', 'eu', 'au', 'me', 'in', 'sg', '*'] as const;

/** Stands for every product, those to come included. */
export const ALL_PRODUCTS = '*';

export interface Role {
  readonly id: string;
  readonly role_name: RoleName;
  /** A product's id, or `*`. */
  readonly product_id: string;
  readonly entity_region: string;
}

/** A role in Konnect's fields. */
export const roleResource = ({ id, role_name, product_id, entity_region }: Role) => ({
  id,
  role_name,
  entity_id: product_id,
  entity_type_name: ENTITY_TYPES[0],
  entity_region,
});
