import { auditSchemas } from './audit/schemas.js';
import { commandsSchemas } from './commands/schemas.js';
import { feedSchemas } from './feed/schemas.js';
import { gatewaySchemas } from './gateway/schemas.js';
import type { Schema } from './http/operation.js';
import { managementDcrSchemas } from './management/schemas/dcr-providers.js';
import { managementPortalsSchemas } from './management/schemas/portals.js';
import { managementProductsSchemas } from './management/schemas/products.js';
import { managementSignInSchemas } from './management/schemas/sign-in.js';
import { managementTeamsSchemas } from './management/schemas/teams.js';
import { applicationSchemas } from './portal/schemas/applications.js';
import { analyticsSchemas } from './portal/schemas/analytics.js';
import { catalogueSchemas } from './portal/schemas/catalogue.js';
import { contextSchemas } from './portal/schemas/context.js';
import { documentSchemas } from './portal/schemas/documents.js';
import { referenceSchemas } from './reference/schemas.js';
import { signInSchemas } from './sign-in/schemas.js';
import { serviceSchemas } from './service/schemas.js';

/** The response schemas of each surface; names are unique over all of them. */
const surfaces: readonly Readonly<Record<string, Schema>>[] = [
  applicationSchemas,
  analyticsSchemas,
  catalogueSchemas,
  contextSchemas,
  documentSchemas,
  referenceSchemas,
  signInSchemas,
  managementPortalsSchemas,
  managementProductsSchemas,
  managementDcrSchemas,
  managementTeamsSchemas,
  managementSignInSchemas,
  commandsSchemas,
  auditSchemas,
  feedSchemas,
  gatewaySchemas,
  serviceSchemas,
];

/** Every component that operations refer to, by name. */
export const schemas: Readonly<Record<string, Schema>> = merge();

function merge(): Record<string, Schema> {
  const all: Record<string, Schema> = {};
  for (const [name, schema] of surfaces.flatMap((surface) => Object.entries(surface))) {
    if (name in all) throw new Error(`Two schemas are named ${name}`);
    all[name] = schema;
  }
  return all;
}
