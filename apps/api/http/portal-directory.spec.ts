import { PortalDirectory } from './portal-directory.js';
import { testHandling, type TestHandling } from '#command-handling/testing.js';
import { domainClaim } from '#domain/portal/domains.js';
import type { Reads } from '#read-models/reads.js';

let handling: TestHandling;
beforeEach(async () => {
  handling = await testHandling();
});
afterEach(() => handling.destroy());

const idOf = async (name: string, settings: object = {}): Promise<string> => {
  const outcome = await handling.send('CreatePortal', { name, ...settings });
  return (outcome as unknown as { result: { id: string } }).result.id;
};

describe('the portal of a host', () => {
  it('is the new one for a domain that was looked up while that one was created', async () => {
    const { store, cache, keyring } = handling;
    const only = await idOf('Only');
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let asked = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (asked = resolve));
    // The view as it was before the second portal.
    const reads = {
      waitFor: async () => {
        asked();
        await held;
        return true;
      },
      find: async () => [{ id: only }],
    } as unknown as Reads;
    const directory = new PortalDirectory(store, cache, reads, (domain) => keyring.claimHash(domainClaim(domain)));
    const before = directory.find('shop.example.org');
    await waiting;
    const shop = await idOf('Shop', { custom_domain: 'shop.example.org' });
    release();
    expect((await before)?.id).toBe(only);
    expect((await directory.find('shop.example.org'))?.id).toBe(shop);
    expect((await directory.find('SHOP.example.org:443'))?.id).toBe(shop);
  });
});
