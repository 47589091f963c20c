/** What the lists below /v2/portals can be filtered and sorted by. */
import type { FilterField, FilterOp, ListSpec } from '../http/lists.js';
import { STATUSES } from './portal-bodies.js';

const TEXT: readonly FilterOp[] = ['eq', 'neq', 'contains', 'oeq', 'ocontains'];

export const text = (field?: string): FilterField => ({ ops: TEXT, ...(field ? { field } : {}) });
export const id = (field?: string): FilterField => ({
  ops: ['eq', 'neq', 'oeq'],
  uuid: true,
  ...(field ? { field } : {}),
});
const flag: FilterField = { ops: [], boolean: true };
const date: FilterField = { ops: ['eq', 'lt', 'lte', 'gt', 'gte'], date: true };
const status: FilterField = { ops: TEXT, choices: STATUSES, lowerCase: true };

export const NEWEST_FIRST = [{ field: 'created_at', descending: true }];
export const BY_NAME = [{ field: 'name_folded' }];

export const PORTALS: ListSpec = {
  filter: {
    id: id(),
    name: text(),
    description: text(),
    is_public: flag,
    rbac_enabled: flag,
    auto_approve_developers: flag,
    auto_approve_applications: flag,
    default_domain: text(),
    custom_domain: text(),
    custom_client_domain: text(),
  },
  sort: {
    name: 'name_folded',
    description: 'description_folded',
    is_public: 'is_public',
    rbac_enabled: 'rbac_enabled',
    auto_approve_applications: 'auto_approve_applications',
    auto_approve_developers: 'auto_approve_developers',
    default_domain: 'default_domain',
    custom_domain: 'custom_domain',
    custom_client_domain: 'custom_client_domain',
    created_at: 'created_at',
    updated_at: 'updated_at',
  },
};

export const PUBLISHED_PRODUCTS: ListSpec = {
  filter: { id: id('product_id'), name: text(), description: text() },
  sort: { created_at: 'created_at', name: 'name_folded', description: 'description_folded' },
};

export const PUBLICATIONS: ListSpec = {
  filter: {
    id: id(),
    publish_status: { ops: ['eq', 'neq', 'oeq'], choices: ['published', 'unpublished'] },
    product_version_id: id(),
    created_at: date,
    updated_at: date,
    auth_strategy_ids: id('auth_strategy_id'),
    application_registration_enabled: flag,
    auto_approve_registration: flag,
    deprecated: flag,
  },
  sort: {
    created_at: 'created_at',
    updated_at: 'updated_at',
    publish_status: 'publish_status',
    product_version_id: 'product_version_id',
    auth_strategy_ids: 'auth_strategy_id',
    application_registration_enabled: 'application_registration_enabled',
    auto_approve_registration: 'auto_approve_registration',
    deprecated: 'deprecated',
  },
};

export const DEVELOPERS: ListSpec = {
  filter: { name: text('full_name'), email: text(), status },
  sort: {
    created_at: 'created_at',
    updated_at: 'updated_at',
    email: 'email_folded',
    name: 'full_name_folded',
    status: 'status',
  },
};

export const TEAMS: ListSpec = { filter: { name: text() } };

export const TEAM_MEMBERS: ListSpec = { filter: { email: text(), full_name: text(), active: flag } };

export const APPLICATIONS: ListSpec = {
  filter: {
    developer_id: id(),
    developer_name: text('developer.full_name'),
    developer_email: text('developer.email'),
    name: text(),
  },
  sort: { created_at: 'created_at', developer_id: 'developer_id', name: 'name_folded' },
};

export const REGISTRATIONS: ListSpec = {
  filter: { developer_id: id(), developer_name: text('developer.full_name'), application_name: text(), status },
  sort: { created_at: 'created_at', updated_at: 'updated_at', developer_id: 'developer_id', status: 'status' },
};

export const REGISTRATIONS_OF_APPLICATION: ListSpec = {
  filter: { status },
  sort: { created_at: 'created_at', updated_at: 'updated_at', status: 'status' },
};
