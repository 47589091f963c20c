import { event } from '../core/events.js';
import type { EventOf, Pairs } from '../core/events.js';
import { identityEvents } from './identity-events.js';
import { teamGroupEvents } from './team-groups.js';

/** What an administrator may set on a portal. The last three are Gatehouse's own, beside those that Konnect knows. */
export interface PortalSettings {
  readonly name: string;
  readonly display_name: string;
  readonly description: string | null;
  readonly is_public: boolean;
  readonly rbac_enabled: boolean;
  readonly auto_approve_applications: boolean;
  readonly auto_approve_developers: boolean;
  readonly custom_domain: string | null;
  readonly custom_client_domain: string | null;
  readonly default_application_auth_strategy_id: string | null;
  readonly labels: Pairs;
  readonly max_rotation_overlap_seconds: number;
  readonly keep_keys_of_revoked_developers: boolean;
  readonly require_registration_for_keys: boolean;
}

const settings = {
  name: 'public',
  display_name: 'public',
  description: 'public',
  is_public: 'public',
  rbac_enabled: 'public',
  auto_approve_applications: 'public',
  auto_approve_developers: 'public',
  custom_domain: 'public',
  custom_client_domain: 'public',
  default_application_auth_strategy_id: 'public',
  labels: 'public',
  max_rotation_overlap_seconds: 'public',
  keep_keys_of_revoked_developers: 'public',
  require_registration_for_keys: 'public',
} as const;

export const portalEvents = {
  'portal.created.v1': event<PortalSettings & { readonly default_domain: string }>('created the portal [{name}]', {
    ...settings,
    default_domain: 'public',
  }),
  /** Only the settings that changed. */
  'portal.settings-changed.v1': event<Partial<PortalSettings>>('changed the settings of the portal', settings),
  'portal.deleted.v1': event<{ forced: boolean; reason: string | null }>('deleted the portal', {
    forced: 'public',
    reason: 'public',
  }),
  ...identityEvents,
  ...teamGroupEvents,
};

export type PortalEvent = EventOf<typeof portalEvents>;
