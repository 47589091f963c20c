import { event, type EventOf } from '../core/events.js';
import { clientEvents } from './client-events.js';

/** The application as it was created; every field has its final value (generated or taken from the portal's default). */
export interface ApplicationCreated {
  readonly portal_id: string;
  readonly developer_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly reference_id: string;
  readonly redirect_uri: string | null;
  readonly auth_strategy_id: string;
  readonly scopes: readonly string[];
}

/** Only the fields that changed. */
export type ApplicationEdited = Partial<
  Pick<ApplicationCreated, 'name' | 'description' | 'reference_id' | 'redirect_uri' | 'scopes'>
>;

export interface AccessRequested {
  readonly registration_id: string;
  readonly product_id: string;
  readonly product_version_id: string;
  readonly scopes: readonly string[];
  readonly reason: string | null;
}

export type RegistrationStatus = 'pending' | 'approved' | 'rejected' | 'revoked';

/** A decision on a registration, or its withdrawal. `from` is the status that it had before. */
export interface AccessDecided {
  readonly registration_id: string;
  readonly product_id: string;
  readonly product_version_id: string;
  readonly from: RegistrationStatus;
  readonly reason: string | null;
}

/** The key itself is shown once and stored nowhere. `replaces`: the credential that was rotated, if one was. */
export interface CredentialGenerated {
  readonly credential_id: string;
  readonly display_name: string;
  readonly digest: string;
  readonly algorithm: string;
  readonly expires_at: string | null;
  readonly replaces: string | null;
}

const decided = {
  registration_id: 'public',
  product_id: 'public',
  product_version_id: 'public',
  from: 'public',
  reason: 'personal',
} as const;

export const applicationEvents = {
  'application.created.v1': event<ApplicationCreated>('created the application [{name}]', {
    portal_id: 'public',
    developer_id: 'public',
    name: 'public',
    description: 'public',
    reference_id: 'public',
    redirect_uri: 'public',
    auth_strategy_id: 'public',
    scopes: 'public',
  }),
  'application.edited.v1': event<ApplicationEdited>('edited the application', {
    name: 'public',
    description: 'public',
    reference_id: 'public',
    redirect_uri: 'public',
    scopes: 'public',
  }),
  'application.deleted.v1': event<{ readonly reason: string | null }>('deleted the application', {
    reason: 'personal',
  }),
  'application.access-requested.v1': event<AccessRequested>('requested access to version [{product_version_id}]', {
    registration_id: 'public',
    product_id: 'public',
    product_version_id: 'public',
    scopes: 'public',
    reason: 'personal',
  }),
  'application.access-approved.v1': event<AccessDecided>('approved access to version [{product_version_id}]', decided),
  'application.access-rejected.v1': event<AccessDecided>('rejected access to version [{product_version_id}]', decided),
  'application.access-revoked.v1': event<AccessDecided>('revoked access to version [{product_version_id}]', decided),
  'application.access-withdrawn.v1': event<AccessDecided>('withdrew access to version [{product_version_id}]', decided),
  'application.credential-generated.v1': event<CredentialGenerated>('generated the credential [{display_name}]', {
    credential_id: 'public',
    display_name: 'public',
    digest: 'secret-derived',
    algorithm: 'public',
    expires_at: 'public',
    replaces: 'public',
  }),
  'application.credential-renamed.v1': event<{ readonly credential_id: string; readonly display_name: string }>(
    'renamed a credential to [{display_name}]',
    { credential_id: 'public', display_name: 'public' },
  ),
  'application.credential-rotated.v1': event<{
    readonly credential_id: string;
    readonly replaced_by: string;
    readonly expires_at: string;
  }>('rotated the credential [{credential_id}], which ends at {expires_at}', {
    credential_id: 'public',
    replaced_by: 'public',
    expires_at: 'public',
  }),
  'application.credential-revoked.v1': event<{ readonly credential_id: string; readonly reason: string | null }>(
    'revoked the credential [{credential_id}]',
    { credential_id: 'public', reason: 'personal' },
  ),
  'application.credential-expired.v1': event<{ readonly credential_id: string }>(
    'recorded that the credential [{credential_id}] expired',
    { credential_id: 'public' },
  ),
  ...clientEvents,
} as const;

export type ApplicationEvent = EventOf<typeof applicationEvents>;
