import { ENTITY_REGIONS, ENTITY_TYPES, ROLE_NAMES, ROLES } from '#domain/team/roles.js';
import type { Schema } from '../../http/operation.js';
import { flag, object, text, texts, time, uuid } from './parts.js';

const role = ({ name, description }: { name: string; description: string }): Schema =>
  object(description, { name: { enum: [name] }, description: { enum: [description] } });

export const managementTeamsSchemas: Readonly<Record<string, Schema>> = {
  AdminTeam: object('A team of developers.', {
    id: uuid,
    name: text,
    description: { ...text, description: 'Empty if it has none.' },
    created_at: time,
    updated_at: { ...time, description: 'The last change of name or description.' },
  }),
  AdminTeamMember: object('A developer in a team.', {
    id: uuid,
    email: { type: 'string', format: 'email' },
    full_name: text,
    active: { ...flag, description: 'Whether the developer is approved.' },
    created_at: time,
    updated_at: time,
  }),
  AdminAssignedRole: object('What the members of a team may do with a product.', {
    id: uuid,
    role_name: { enum: ROLE_NAMES },
    entity_id: { description: 'The product.', anyOf: [uuid, { const: '*', description: 'Every product.' }] },
    entity_type_name: { enum: ENTITY_TYPES },
    entity_region: { enum: ENTITY_REGIONS },
  }),
  AdminRoles: object('Roles by what they are about.', {
    services: object('For API products.', {
      name: { enum: ENTITY_TYPES },
      roles: object('The roles.', { apiviewer: role(ROLES.apiviewer), apiconsumer: role(ROLES.apiconsumer) }),
    }),
  }),
  AdminTeamGroups: object('Groups of the identity provider that lead to a team.', {
    team_id: uuid,
    groups: { ...texts, uniqueItems: true },
  }),
};
