/** The world around an application, for its specs: facts by the names that its entries read them. */
import { authStrategy, type AuthStrategyState } from '../auth-strategy/state.js';
import type { Actor, Facts, ReadState } from '../core/decider.js';
import { developer, type DeveloperState } from '../developer/state.js';
import { portal, type PortalState } from '../portal/state.js';
import { product, type ProductState, type Publication } from '../product/state.js';
import { NOW, testId, when, type Given, type Then } from '../testing/given.js';
import { applicationEntries } from './entries.js';
import { application, type ApplicationState } from './state.js';

export const ID = testId('application');
export const DEVELOPER = testId('developer');
export const PORTAL = testId('portal');
export const STRATEGY = testId('strategy');
export const PRODUCT = testId('product');
export const VERSION = testId('version');

const there = { exists: true, created_at: NOW, updated_at: NOW } as const;

export const aDeveloper = (changes: Partial<DeveloperState> = {}): ReadState<DeveloperState> => ({
  id: DEVELOPER,
  state: { ...developer.initialState, ...there, portal_id: PORTAL, status: 'approved', ...changes },
  revision: 3,
});

export const aPortal = (changes: Partial<PortalState> = {}): ReadState<PortalState> => ({
  id: PORTAL,
  state: { ...portal.initialState, ...there, default_application_auth_strategy_id: STRATEGY, ...changes },
  revision: 1,
});

export const aStrategy = (changes: Partial<AuthStrategyState> = {}): ReadState<AuthStrategyState> => ({
  id: STRATEGY,
  state: {
    ...authStrategy.initialState,
    ...there,
    name: 'internal name',
    display_name: 'API key',
    key_auth: { key_names: ['apikey'], ttl: null },
    ...changes,
  },
  revision: 0,
});

export const OIDC: Partial<AuthStrategyState> = {
  strategy_type: 'openid_connect',
  key_auth: null,
  openid_connect: {
    issuer: 'https://id.example.com',
    credential_claim: ['sub'],
    scopes: ['routes:read', 'routes:write'],
    auth_methods: ['bearer'],
    other: '{}',
  },
};

/** A product listed on the portal with one version published there, open for registration with the strategy. */
export function aProduct(
  publication: Partial<Publication> = {},
  changes: Partial<ProductState> = {},
): ReadState<ProductState> {
  const published: Publication = {
    id: testId('publication'),
    portal_id: PORTAL,
    publish_status: 'published',
    auth_strategy_ids: [STRATEGY],
    application_registration_enabled: true,
    auto_approve_registration: false,
    deprecated: false,
    created_at: NOW,
    updated_at: NOW,
    ...publication,
  };
  const version = { id: VERSION, created_at: NOW, updated_at: NOW, name: 'v2', labels: [], gateway_service: null };
  return {
    id: PRODUCT,
    state: {
      ...product.initialState,
      ...there,
      name: 'Routing',
      portal_ids: [PORTAL],
      versions: [{ ...version, specification: null, publications: [published] }],
      ...changes,
    },
    revision: 2,
  };
}

export const FACTS: Facts = {
  developer: aDeveloper(),
  portal: aPortal(),
  strategy: aStrategy(),
  product: aProduct(),
  applications: 0,
};

export const OWNER: Actor = { kind: 'developer', id: DEVELOPER };
export const SYSTEM: Actor = { kind: 'system', id: 'cascade' };

/** Runs one of the application's commands; facts that are not given are those of the ordinary world above. */
export const send = (name: string, command: object, given: Given = {}): Then<ApplicationState> =>
  when(application, applicationEntries[name], command, { ...given, facts: { ...FACTS, ...given.facts } });

/** A command's name and its fields beside application_id. */
export type Step = readonly [name: string, fields?: object];

/** What an application has been through after its creation and these commands. */
export function history(...commands: readonly Step[]): Then<ApplicationState>['past'] {
  let past = send('CreateApplication', { developer_id: DEVELOPER, name: 'Fleet sync' }).past;
  for (const [index, [name, fields]] of commands.entries()) {
    const ids = { id: (label: string) => testId(`${label} ${index + 1}`) };
    const done = send(name, { application_id: ID, ...fields }, { events: past, env: ids });
    if (done.refusal) throw new Error(`${name} was refused: ${done.refusal.refusal}`);
    past = done.past;
  }
  return past;
}
