import { loadConfig } from '../../apps/api/config.js';
import { createLog } from '../../apps/api/log.js';
import { wire, type WiringOptions } from '../../apps/api/wiring.js';
import { startEmbeddedProjections } from '../../apps/projector/embedded.js';
import { commandsOf, type Send } from '../support/commands.js';
import type { Person } from './send.js';

export interface Scene {
  readonly adminToken: string;
  readonly portal: string;
  readonly products: readonly string[];
  /** Published product versions that applications may ask for. */
  readonly versions: readonly string[];
  /** Approved developers who are signed in. */
  readonly people: readonly Person[];
  /** Position of the last event of the preparation. */
  readonly head: bigint;
}

const PRODUCTS = 3;

/** Fills a data folder. */
export const prepare = (dataDir: string, people: number): Promise<Scene> =>
  prepareOn({ GATEHOUSE_DATA_DIR: dataDir }, people, {
    startProjections: (engines, to) => startEmbeddedProjections(engines, to),
  });

/**
 * Fills the engines that the settings name through the real services, without HTTP: a portal with products, and developers with
 * sessions, which over HTTP would cost a password hash each.
 */
export async function prepareOn(
  env: Readonly<Record<string, string>>,
  people: number,
  start: Pick<WiringOptions, 'startProjections' | 'startReactors'>,
): Promise<Scene> {
  const config = loadConfig({ ...process.env, ...env });
  const { services, close } = await wire({ config, log: createLog('silent'), ...start });
  const sendCommand = commandsOf({ services });
  try {
    const catalogue = await fillCatalogue(sendCommand);
    const signedIn: Person[] = [];
    for (let n = 1; n <= people; n++) signedIn.push(await signUp(n));
    return { adminToken: config.adminToken, ...catalogue, people: signedIn, head: await services.store.head() };

    async function signUp(n: number): Promise<Person> {
      const values = { portal_id: catalogue.portal, email: `person-${n}@example.org`, full_name: `Person ${n}` };
      const { id } = await sendCommand('RegisterDeveloper', values);
      await sendCommand('ApproveDeveloper', { developer_id: id });
      const { access, refresh } = await services.sessions.startSession(id, catalogue.portal);
      return { id, access, refresh };
    }
  } finally {
    await close();
  }
}

async function fillCatalogue(sendCommand: Send): Promise<Pick<Scene, 'portal' | 'products' | 'versions'>> {
  const { id: strategy } = await sendCommand('CreateAuthStrategy', {
    name: 'keys',
    display_name: 'API keys',
    strategy_type: 'key_auth',
    configs: { 'key-auth': { key_names: ['x-api-key'], ttl: { value: 1, unit: 'years' } } },
  });
  const { id: portal } = await sendCommand('CreatePortal', {
    name: 'Faults',
    default_application_auth_strategy_id: strategy,
  });
  const products: string[] = [];
  const versions: string[] = [];
  for (let n = 1; n <= PRODUCTS; n++) {
    const { id: product_id } = await sendCommand('CreateProduct', { name: `Product ${n}`, portal_ids: [portal] });
    products.push(product_id);
    for (const name of ['v1', 'v2']) {
      const { id } = await sendCommand('AddProductVersion', { product_id, name });
      versions.push(id);
      await sendCommand('PublishProductVersion', {
        product_id,
        product_version_id: id,
        portal_id: portal,
        auth_strategy_ids: [strategy],
        application_registration_enabled: true,
        // Half of the requests are decided by policy: two events in one append.
        auto_approve_registration: name === 'v2',
      });
    }
  }
  return { portal, products, versions };
}
