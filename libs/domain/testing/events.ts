import { testId } from './given.js';
import type { AuthStrategyEvent, StrategySettings } from '../auth-strategy/events.js';
import type { DeveloperEvent, DeveloperStatus } from '../developer/events.js';
import type { PortalEvent, PortalSettings } from '../portal/events.js';
import { DEFAULT_SETTINGS } from '../portal/state.js';

/** First events of streams, for stories: a portal, a developer, a strategy. */
export const portalCreated = (settings: Partial<PortalSettings> = {}): PortalEvent => ({
  type: 'portal.created.v1',
  data: { ...DEFAULT_SETTINGS, name: 'Acme', display_name: 'Acme', default_domain: 'acme.localhost', ...settings },
});

export const developerRegistered = (portal_id = testId('portal')): DeveloperEvent => ({
  type: 'developer.registered.v1',
  data: { portal_id, email: 'sealed:v1:email', full_name: 'sealed:v1:name' },
});

/** A developer of the given status, by the shortest way there. */
export function developerWith(status: DeveloperStatus, portal_id = testId('portal')): DeveloperEvent[] {
  const approved: DeveloperEvent = { type: 'developer.approved.v1', data: { from: 'pending', reason: null } };
  const steps: Record<DeveloperStatus, DeveloperEvent[]> = {
    pending: [],
    approved: [approved],
    rejected: [{ type: 'developer.rejected.v1', data: { from: 'pending', reason: null } }],
    revoked: [approved, { type: 'developer.revoked.v1', data: { from: 'approved', reason: null } }],
  };
  return [developerRegistered(portal_id), ...steps[status]];
}

export const keyAuthCreated = (settings: Partial<StrategySettings> = {}): AuthStrategyEvent => ({
  type: 'auth-strategy.created.v1',
  data: {
    name: 'key',
    display_name: 'API key',
    strategy_type: 'key_auth',
    key_auth: { key_names: ['apikey'], ttl: null },
    openid_connect: null,
    labels: [],
    ...settings,
  },
});

export const openIdCreated = (settings: Partial<StrategySettings> = {}): AuthStrategyEvent => ({
  type: 'auth-strategy.created.v1',
  data: {
    name: 'idp',
    display_name: 'Single sign-on',
    strategy_type: 'openid_connect',
    key_auth: null,
    openid_connect: {
      issuer: 'https://idp.example.org',
      credential_claim: ['client_id'],
      scopes: ['read'],
      auth_methods: ['bearer'],
      other: '{}',
    },
    labels: [],
    ...settings,
  },
});
