import { clientSecretsReactor } from './client-secrets.js';
import { forgetSecrets } from './clients/provider-secrets.js';
import type { ClientServices } from './clients/services.js';
import type { Performance } from './reactor.js';
import { openHouse, type House } from './testing.js';
import type { AggregateName } from '#domain/core/decider.js';
import { toLogEvent } from '#read-models/log-event.js';
import { createClientSecrets, type ClientSecrets } from '#vault/client-secrets.js';

let house: House;
let clientSecrets: ClientSecrets;

beforeEach(async () => {
  house = await openHouse();
  clientSecrets = createClientSecrets(house);
});
afterEach(() => house.destroy());

/**
 * A stream whose secret was changed twice, as a process sees it that has heard of the first change only: the event of that,
 * the state at that time, and the three secrets.
 */
async function changedTwice(
  aggregate: AggregateName,
  id: string,
  change: (secret: string) => Promise<unknown>,
  first: string,
) {
  const [second, third] = [await clientSecrets.keep(id, 'second'), await clientSecrets.keep(id, 'third')];
  await change(second);
  const folded = await house.cache.load(aggregate, id);
  const event = toLogEvent((await house.store.readStream(`${aggregate}-${id}`)).at(-1)!);
  await change(third);
  const cache = { load: async () => folded } as unknown as House['cache'];
  const left = async () => Promise.all([first, second, third].map((one) => clientSecrets.open(one)));
  return { event, services: { store: house.store, cache, clientSecrets }, left };
}

it('never forgets the secret of a registration provider that came after what this process has heard', async () => {
  const first = await clientSecrets.keep('new', 'first');
  const { id } = await house.command('CreateDcrProvider', {
    provider_type: 'okta',
    name: 'main',
    issuer: 'https://idp.example.org',
    dcr_config: { dcr_token: first },
  });
  const change = (dcr_token: string) =>
    house.command('EditDcrProvider', { dcr_provider_id: id, dcr_config: { dcr_token } });
  const { event, services, left } = await changedTwice('dcrProvider', id!, change, first);
  await forgetSecrets(event, services as unknown as ClientServices);
  expect(await left()).toEqual([undefined, undefined, 'third']);
  await house.command('DeleteDcrProvider', { dcr_provider_id: id });
  await forgetSecrets(event, services as unknown as ClientServices);
  expect(await left()).toEqual([undefined, undefined, undefined]);
});

it('never forgets the secret of an identity provider that came after what this process has heard', async () => {
  const { id: portal_id } = await house.command('CreatePortal', { name: 'Acme' });
  const first = await clientSecrets.keep(portal_id!, 'first');
  const config = { issuer_url: 'https://idp.example.org', client_id: 'c', client_secret: first };
  const { id } = await house.command('CreateIdentityProvider', { portal_id, type: 'oidc', config });
  const change = (client_secret: string) =>
    house.command('EditIdentityProvider', { portal_id, identity_provider_id: id, config: { client_secret } });
  const { event, services, left } = await changedTwice('portal', portal_id!, change, first);
  const perform = () =>
    clientSecretsReactor(services).perform({ key: event.id, details: {}, event }, {} as unknown as Performance);
  await perform();
  expect(await left()).toEqual([undefined, undefined, 'third']);
  await house.command('DeleteIdentityProvider', { portal_id, identity_provider_id: id });
  await perform();
  expect(await left()).toEqual([undefined, undefined, undefined]);
});
