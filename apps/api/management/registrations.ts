/** Registrations with what other streams tell about them: names, owners, strategies. */
import type { ApplicationState } from '#domain/application/state.js';
import { versionOf, type ProductState } from '#domain/product/state.js';
import type { Services } from '../services.js';
import { peopleOf } from './people.js';
import type { FoundRegistration } from './portal-lookup.js';
import { renderRegistration, type RegistrationEntry } from './render-portals.js';
import { strategiesOf } from './used-strategies.js';

type Joined = Pick<Services, 'reads' | 'cache' | 'keyring'>;

/**
 * A registration as its stream has it, with the names that the view keeps even of products that are gone; of one that the
 * view does not have yet, the product's own.
 */
export async function entryOf(
  { reads, cache }: Joined,
  { application, registration }: FoundRegistration,
): Promise<RegistrationEntry> {
  const known = (await reads.get('registrations', registration.id)) as RegistrationEntry | undefined;
  const names = known ?? (await productNames({ cache }, registration));
  return {
    ...registration,
    product_name: names.product_name,
    product_version_name: names.product_version_name,
    application_id: application.id,
    application_name: application.state.name,
    developer_id: application.state.developer_id,
  };
}

async function productNames(
  { cache }: Pick<Joined, 'cache'>,
  { product_id, product_version_id }: { readonly product_id: string; readonly product_version_id: string },
) {
  const { state } = await cache.load<ProductState>('product', product_id);
  return { product_name: state.name, product_version_name: versionOf(state, product_version_id)?.name ?? '' };
}

/** Renders a page: names of owners are opened once, and strategies looked up once. */
export async function renderAll(services: Joined, entries: readonly RegistrationEntry[]) {
  const strategyIds = new Map<string, string>();
  for (const id of new Set(entries.map(({ application_id }) => application_id))) {
    const { state } = await services.cache.load<ApplicationState>('application', id);
    strategyIds.set(id, state.auth_strategy_id);
  }
  const owners = entries.map(({ developer_id }) => developer_id);
  const [people, strategies] = await Promise.all([
    peopleOf(services, owners),
    strategiesOf(services, [...strategyIds.values()].filter(Boolean)),
  ]);
  return entries.map((entry) =>
    renderRegistration(entry, people(entry.developer_id), strategies(strategyIds.get(entry.application_id)!)),
  );
}
