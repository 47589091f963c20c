/** A developer's applications and their registrations, as lists show them. Pure. */
import { applicationResource, portalAuthStrategy, registrationResource } from '#domain/application/resources.js';
import type { RegistrationStatus } from '#domain/application/events.js';
import type { AuthStrategyState } from '#domain/auth-strategy/state.js';
import type { Listed, RegistrationEntry } from './applications.js';

type Application = Listed & { readonly id: string };

/** Exactly what the commands answer; an application's credentials have a list of their own. */
export const renderApplication = (application: Application, strategy: AuthStrategyState) =>
  applicationResource(application.id, application, strategy);

export const renderRegistration = (entry: RegistrationEntry) =>
  registrationResource(entry.application_id, entry, {
    product: entry.product_name,
    version: entry.product_version_name,
  });

/** Both null: not registered for the version. */
interface Registered {
  readonly registration_id: string | null;
  readonly registration_status: RegistrationStatus | null;
}

/** Here the specification has no field for the number of credentials that a strategy supports. */
export function renderVersionApplication(application: Application & Registered, strategy: AuthStrategyState) {
  const { supports_multiple_credentials: _, ...auth_strategy } = portalAuthStrategy(
    application.auth_strategy_id,
    strategy,
  );
  return {
    id: application.id,
    name: application.name,
    registration_id: application.registration_id,
    registration_status: application.registration_status,
    auth_strategy,
    created_at: application.created_at,
    updated_at: application.updated_at,
  };
}
