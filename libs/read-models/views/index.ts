import type { View } from '../port.js';
import { applications } from './applications.js';
import { catalogue } from './catalogue.js';
import { credentials } from './credentials.js';
import { developers } from './developers.js';
import { pending } from './pending.js';
import { portals } from './portals.js';
import { products } from './products.js';
import { publications } from './publications.js';
import { registrations } from './registrations.js';
import { search } from './search.js';
import { strategies } from './strategies.js';
import { timeline } from './timeline.js';

/** Every view of the service, in the order that status lists them. */
export const allViews: readonly View[] = [
  portals,
  developers,
  applications,
  credentials,
  registrations,
  products,
  catalogue,
  publications,
  strategies,
  search,
  timeline,
  pending,
];

/** The views that events of these types change, by name. */
export const viewsOf = (types: readonly string[]): readonly string[] =>
  allViews.filter(({ rules }) => types.some((type) => Object.hasOwn(rules, type))).map(({ name }) => name);
