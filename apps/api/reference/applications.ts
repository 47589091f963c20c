/** What a developer may call a version with. */
import { MAX_APPLICATIONS } from '#domain/application/decide.js';
import { mayUse } from '#domain/application/may-call.js';
import type { ApplicationState } from '#domain/application/state.js';
import type { AuthStrategyState } from '#domain/auth-strategy/state.js';
import type { Condition } from '#read-models/port.js';
import { notFound, Problem } from '../http/problem.js';
import type { ApplicationEntry, RegistrationEntry } from '../portal/applications.js';
import type { Viewer } from '../portal/catalogue.js';
import type { Services } from '../services.js';

/** How an application proves who it is: by a key under one of these names, or by an access token. Never the key itself. */
export type Proof = { readonly kind: 'key'; readonly names: readonly string[] } | { readonly kind: 'token' };

export interface TryingApplication {
  readonly id: string;
  readonly name: string;
  readonly proof: Proof;
}

const proofOf = ({ key_auth }: AuthStrategyState): Proof =>
  key_auth ? { kind: 'key', names: key_auth.key_names } : { kind: 'token' };

/** The developer's applications whose access to the version is approved, by name. */
export async function tryingApplications(
  { reads, cache }: Pick<Services, 'reads' | 'cache'>,
  { developer }: Viewer,
  versionId: string,
): Promise<readonly TryingApplication[]> {
  if (!developer) return [];
  const own: Condition = { field: 'developer_id', op: 'eq', value: developer.id };
  const approved: readonly Condition[] = [
    { field: 'product_version_id', op: 'eq', value: versionId },
    { field: 'status', op: 'eq', value: 'approved' },
  ];
  const [applications, registrations] = (await Promise.all([
    reads.find('applications', { where: [own], limit: MAX_APPLICATIONS }),
    reads.find('registrations', { where: [own, ...approved], limit: MAX_APPLICATIONS }),
  ])) as unknown as [readonly ApplicationEntry[], readonly RegistrationEntry[]];
  const ids = new Set(registrations.map(({ application_id }) => application_id));
  const mine = applications.filter(({ id }) => ids.has(id));
  const strategies = await cache.loadMany<AuthStrategyState>(
    'authStrategy',
    mine.map(({ auth_strategy_id }) => auth_strategy_id),
  );
  return mine
    .map(({ id, name, auth_strategy_id }) => ({ id, name, proof: proofOf(strategies.get(auth_strategy_id)!) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * The application that calls, by its stream: a right that was revoked just now is gone.
 * @throws Problem 404 unless it is the developer's own, 403 unless its access to the version is approved
 */
export async function callingApplication(
  { cache }: Pick<Services, 'cache'>,
  { portal, developer }: Required<Viewer>,
  applicationId: string,
  productVersionId: string,
): Promise<ApplicationState> {
  const { state: application } = await cache.load<ApplicationState>('application', applicationId);
  if (!application.exists || application.developer_id !== developer.id) throw notFound('The application');
  const right = mayUse({ application, developer: developer.state, portal: portal.state, productVersionId });
  if (!right.allowed) {
    throw new Problem(
      403,
      'access_not_approved',
      'The application has no approved access to this version. Ask for it in the portal.',
    );
  }
  return application;
}
