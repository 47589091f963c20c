/** What the lists of products, versions and auth strategies can be filtered and sorted by. */
import { STRATEGY_TYPES } from '#domain/auth-strategy/events.js';
import { labelConditions } from '#read-models/label-terms.js';
import type { Condition } from '#read-models/port.js';
import { page, type FilterField, type ListQuery, type ListSpec } from '../http/lists.js';
import type { QueryParameter } from '../http/operation.js';
import { id, text } from './portal-lists.js';

const byLabel = (what: string): QueryParameter => ({
  description: `Only with all of these ${what}: key or key:value, comma-separated.`,
  schema: { type: 'string' },
});

export const PRODUCTS: ListSpec = {
  filter: { name: text() },
  sort: { name: 'name_folded' },
  also: { labels: byLabel('labels'), public_labels: byLabel('public labels') },
};

/** The conditions of the two label filters. */
export const byLabels = ({ labels = '', public_labels = '' }: Readonly<Record<string, string>>): Condition[] => [
  ...labelConditions('label_terms', labels),
  ...labelConditions('public_label_terms', public_labels),
];

const oneOf = (choices: readonly string[]): FilterField => ({ ...text(), choices, lowerCase: true });

export const VERSIONS: ListSpec = {
  filter: { name: text(), publish_status: oneOf(['published', 'unpublished']), gateway_service_id: id() },
  sort: { name: 'name_folded' },
};

/** Names and types of registration providers are looked up first: see dcr-provider-lists.ts. */
export const STRATEGIES: ListSpec = {
  filter: {
    strategy_type: oneOf(STRATEGY_TYPES),
    name: text(),
    display_name: text(),
    dcr_provider_id: id(),
    dcr_provider_name: text(),
    dcr_provider_type: text(),
  },
  sort: {
    created_at: 'created_at',
    updated_at: 'updated_at',
    strategy_type: 'strategy_type',
    name: 'name_folded',
    display_name: 'display_name_folded',
    dcr_provider_id: 'dcr_provider_id',
    dcr_provider_name: 'dcr_provider_name',
    dcr_provider_type: 'dcr_provider_type',
  },
};

/** The items of a page, of a list whose order stays as it is. */
export const cut = <T>(items: readonly T[], { number, size }: ListQuery): readonly T[] =>
  items.slice((number - 1) * size, number * size);

export const pageOfAll = (items: readonly unknown[], query: ListQuery) => page(cut(items, query), query, items.length);
