import type { View } from '../port.js';
import { applications } from './applications.js';
import { catalogue } from './catalogue.js';
import { clients } from './clients.js';
import { credentials } from './credentials.js';
import { dcrProviders } from './dcr-providers.js';
import { developers } from './developers.js';
import { memberships } from './memberships.js';
import { pending } from './pending.js';
import { portals } from './portals.js';
import { products } from './products.js';
import { publications } from './publications.js';
import { registrations } from './registrations.js';
import { roles } from './roles.js';
import { search } from './search.js';
import { serviceTokens } from './service-tokens.js';
import { strategies } from './strategies.js';
import { teams } from './teams.js';
import { timeline } from './timeline.js';

/** Every view of the service, in the order that status lists them. */
export const allViews: readonly View[] = [
  portals,
  developers,
  applications,
  credentials,
  registrations,
  clients,
  products,
  catalogue,
  publications,
  strategies,
  dcrProviders,
  teams,
  memberships,
  roles,
  serviceTokens,
  search,
  timeline,
  pending,
];

/** The views that events of these types change, by name. */
export const viewsOf = (types: readonly string[]): readonly string[] =>
  allViews.filter(({ rules }) => types.some((type) => Object.hasOwn(rules, type))).map(({ name }) => name);
