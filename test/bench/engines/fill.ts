import { setTimeout as delay } from 'node:timers/promises';
import type { Server } from '../server.js';
import type { Call } from '../workloads.js';

const AT_ONCE = 16;
const MOST_TRIES = 30;

export interface Filled {
  readonly products: readonly string[];
  readonly versions: readonly string[];
  readonly developers: readonly string[];
  /** Applications without any access. */
  readonly applications: readonly string[];
  /** Keys that are let through. */
  readonly calls: readonly Call[];
}

interface Answer {
  readonly position: string;
  readonly result: { readonly id: string; readonly credential?: string };
}

/** Sends a command, again while the service is busy; throws unless it is accepted. */
export const sender =
  ({ url, adminToken }: Pick<Server, 'url' | 'adminToken'>) =>
  async (command: string, body: object): Promise<Answer['result'] & Pick<Answer, 'position'>> => {
    for (let tries = 1; ; tries++) {
      const response = await fetch(new URL(`/commands/${command}`, url), {
        method: 'POST',
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (response.ok) {
        const { result, position } = JSON.parse(text) as Answer;
        return { ...result, position };
      }
      if (response.status !== 503 || tries === MOST_TRIES) throw new Error(`${command}: ${response.status} ${text}`);
      await delay(1_000);
    }
  };

/** So many of something, some at once. */
export async function times<T>(count: number, make: (n: number) => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let n = next++; n < count; n = next++) made[n] = await make(n);
    }),
  );
  return made;
}

/** A portal with products of one version each, developers with applications, and keys that may be called with. */
export async function fill(
  server: Server,
  {
    products: productCount,
    applications: applicationCount,
    keys,
  }: { products: number; applications: number; keys: number },
): Promise<Filled> {
  const send = sender(server);
  const { id: strategy } = await send('CreateAuthStrategy', {
    name: 'keys',
    display_name: 'API keys',
    strategy_type: 'key_auth',
    configs: { 'key-auth': { key_names: ['apikey'] } },
  });
  const { id: portal_id } = await send('CreatePortal', {
    name: 'bench',
    auto_approve_developers: true,
    default_application_auth_strategy_id: strategy,
  });
  const products = await times(productCount, async (n) => {
    const { id: product_id } = await send('CreateProduct', { name: `Product ${n}`, portal_ids: [portal_id] });
    const { id: version } = await send('AddProductVersion', { product_id, name: 'v1' });
    await send('PublishProductVersion', {
      ...{ product_id, product_version_id: version, portal_id, auth_strategy_ids: [strategy] },
      ...{ application_registration_enabled: true, auto_approve_registration: true },
    });
    return { product_id, version };
  });
  const developers = await times(Math.ceil((applicationCount + keys) / 100), async (n) => {
    const { id } = await send('RegisterDeveloper', { portal_id, email: `dev-${n}@example.com`, full_name: `Dev ${n}` });
    await send('ApproveDeveloper', { developer_id: id });
    return id;
  });
  const create = async (n: number) =>
    (await send('CreateApplication', { developer_id: developers[Math.floor(n / 100)]!, name: `Application ${n}` })).id;
  const applications = await times(applicationCount, create);
  const calls = await times(keys, async (n) => {
    const application_id = await create(applicationCount + n);
    const { version } = products[n % products.length]!;
    await send('RequestAccess', { application_id, product_version_id: version });
    const { credential } = await send('GenerateCredential', { application_id });
    return { key: credential!, version };
  });
  return {
    products: products.map(({ product_id }) => product_id),
    versions: products.map(({ version }) => version),
    developers,
    applications,
    calls,
  };
}
