import type { RefusalDefinition } from '../core/refusal.js';

export const applicationRefusals = {
  application_not_found: { kind: 'not-found', detail: 'There is no such application.' },
  application_exists: { kind: 'conflict', detail: 'This application was created already.' },
  application_limit: {
    kind: 'limit',
    detail: 'A developer may have {limit} applications. Delete one that is no longer needed first.',
  },
  application_name_taken: {
    kind: 'conflict',
    field: 'name',
    detail: 'The developer has another application of this name. Choose a different name.',
  },
  reference_id_taken: {
    kind: 'conflict',
    field: 'reference_id',
    detail: 'Reference ID [{value}] is already in use on this portal. Choose a different one.',
  },
  reference_id_from_provider: {
    kind: 'invalid',
    field: 'reference_id',
    detail: "The identity provider gives the application's reference id, which is that of its client: leave it out.",
  },
  client_registration_under_way: {
    kind: 'conflict',
    detail: "The application's client is being registered. Try again in a few seconds.",
  },
  client_registration_over: {
    kind: 'conflict',
    detail: 'The registration of the client is over; the client is {status}.',
  },
  client_registration_failed: {
    kind: 'conflict',
    detail:
      'The identity provider registered no client ({why}), so there is no application. Try again, or ask the portal for help.',
  },
  client_registration_unfinished: {
    kind: 'conflict',
    detail:
      'The identity provider has not answered yet. Look for the application in a minute; if it is not there, it came to nothing.',
  },
  client_not_unknown: {
    kind: 'conflict',
    detail: 'There is nothing to resolve: the client is {status}.',
  },
  client_of_another: {
    kind: 'conflict',
    detail: 'The client [{client_id}] is that of another application, and would be deleted.',
  },
  client_secret_not_here: {
    kind: 'conflict',
    detail: 'The portal has registered no client for this application, so it cannot renew a secret.',
  },
  client_secret_refresh_disabled: {
    kind: 'conflict',
    detail: 'The identity provider of this application gives no new secrets through the portal.',
  },
  client_secret_reset_failed: {
    kind: 'conflict',
    detail: 'The identity provider gave no new secret ({why}). The old one may have ended; try again.',
  },
  auth_strategy_required: {
    kind: 'invalid',
    field: 'auth_strategy_id',
    detail: 'The portal has no default auth strategy: name one in auth_strategy_id.',
  },
  scopes_not_available: {
    kind: 'invalid',
    field: 'scopes',
    detail: 'The auth strategy does not offer the scopes [{scopes}]. Leave them out.',
  },
  developer_not_approved: {
    kind: 'conflict',
    detail: 'The developer is {status}. This is possible once the developer is approved.',
  },
  registration_not_found: { kind: 'not-found', detail: 'The application has no registration [{registration_id}].' },
  registration_exists: {
    kind: 'conflict',
    field: 'product_version_id',
    detail:
      'The application is registered for this version already; the registration is {status}. Withdraw it before asking again.',
  },
  registration_not_enabled: {
    kind: 'conflict',
    field: 'product_version_id',
    detail: 'Application registration is not enabled for this version.',
  },
  role_required: {
    kind: 'conflict',
    field: 'product_version_id',
    detail: 'The teams of the developer may view this product and not register for it. Ask for the role API Consumer.',
  },
  auth_strategy_differs: {
    kind: 'conflict',
    field: 'product_version_id',
    detail: 'This version uses another auth strategy than the application. Create an application with that strategy.',
  },
  registration_status_not_possible: {
    kind: 'conflict',
    detail: 'Registration [{registration_id}] is {from} and cannot become {to}. Nothing was changed.',
  },
  no_registrations_to_decide: {
    kind: 'conflict',
    detail: 'The application has no registration that is {from}. Name registrations in registration_ids.',
  },
  credential_not_found: { kind: 'not-found', detail: 'The application has no credential [{credential_id}].' },
  credential_not_active: { kind: 'conflict', detail: 'The credential is {status}. Generate a new one instead.' },
  credential_already_rotated: {
    kind: 'conflict',
    detail: 'The credential was rotated into [{replaced_by}] already. Rotate that one.',
  },
  credential_not_due: { kind: 'conflict', detail: 'The credential has not expired yet.' },
  credentials_not_for_strategy: {
    kind: 'conflict',
    detail:
      'The portal issues keys for key_auth strategies only; the credentials of this application come from its identity provider.',
  },
  credential_limit: {
    kind: 'limit',
    detail:
      'An application may have {limit} active credentials. Revoke one first, or rotate one with overlap_seconds 0.',
  },
  registration_required: {
    kind: 'conflict',
    detail: 'This portal issues keys only to applications with an approved registration. Request access first.',
  },
  overlap_too_long: {
    kind: 'invalid',
    field: 'overlap_seconds',
    detail: 'The portal allows an overlap of at most {maximum} seconds.',
  },
} as const satisfies Record<string, RefusalDefinition>;
