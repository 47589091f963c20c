/** What the operations on a developer's own applications share: finding them, and what other streams tell about them. */
import { developerOf, type Context } from '../http/context.js';
import { refusalProblem } from '../http/problem.js';
import type { Services } from '../services.js';
import type { ApplicationState, Registration } from '#domain/application/state.js';
import type { AuthStrategyState } from '#domain/auth-strategy/state.js';
import type { ReadState } from '#domain/core/decider.js';
import { refuse } from '#domain/core/refusal.js';
import { versionOf, type ProductState } from '#domain/product/state.js';
import type { Condition, Doc } from '#read-models/port.js';

/** A document of the view `applications`. */
export type ApplicationEntry = Doc & Listed & { readonly revision: number };

/** What lists show of an application: keys and registrations have lists of their own. */
export type Listed = Omit<ApplicationState, 'credentials' | 'denied_version_ids' | 'registrations'>;

/** A document of the view `registrations`. */
export type RegistrationEntry = Doc &
  Registration & {
    readonly application_id: string;
    readonly product_name: string;
    readonly product_version_name: string;
  };

export const NEWEST_FIRST = [{ field: 'created_at', descending: true }];

/** The condition of every list of one's own. */
export const ownedBy = (context: Context): Condition => ({
  field: 'developer_id',
  op: 'eq',
  value: developerOf(context).id,
});

/**
 * The application that the path names, at its newest revision.
 * @throws Problem 404 unless it is the caller's own, in the words of a command's refusal
 */
export async function ownApplication(
  { cache }: Pick<Services, 'cache'>,
  context: Context,
): Promise<ReadState<ApplicationState>> {
  const id = context.params['applicationId']!;
  const { state, revision } = await cache.load<ApplicationState>('application', id);
  if (!state.exists || state.developer_id !== developerOf(context).id) {
    throw refusalProblem(refuse('application_not_found', { id }), context.operation.errors);
  }
  return { id, state, revision };
}

export interface OwnRegistration {
  readonly application: ReadState<ApplicationState>;
  readonly registration: Registration;
}

/** @throws Problem 404 unless the path names a registration of an application of the caller's own */
export async function ownRegistration(services: Pick<Services, 'cache'>, context: Context): Promise<OwnRegistration> {
  const application = await ownApplication(services, context);
  const registration_id = context.params['registrationId']!;
  const registration = application.state.registrations.find(({ id }) => id === registration_id);
  if (!registration) {
    throw refusalProblem(refuse('registration_not_found', { registration_id }), context.operation.errors);
  }
  return { application, registration };
}

/** Auth strategies by id, as they are now; one that is gone keeps what it was, for the applications that have it. */
export const strategiesById = (
  { cache }: Pick<Services, 'cache'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AuthStrategyState>> => cache.loadMany('authStrategy', ids);

/** What a registration's product and version are called: the view keeps the names of what is gone. */
export async function namesFor(
  { reads, cache }: Pick<Services, 'reads' | 'cache'>,
  { id, product_id, product_version_id }: Registration,
): Promise<{ readonly product: string; readonly version: string }> {
  const entry = (await reads.get('registrations', id)) as RegistrationEntry | undefined;
  if (entry) return { product: entry.product_name, version: entry.product_version_name };
  const { state } = await cache.load<ProductState>('product', product_id);
  return { product: state.name, version: versionOf(state, product_version_id)?.name ?? '' };
}
