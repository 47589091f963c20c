import { LRUCache } from 'lru-cache';
import type { ReadStates } from '#command-handling/current-states.js';
import type { ReadState } from '#domain/core/decider.js';
import type { PortalState } from '#domain/portal/state.js';
import type { EventStore } from '#event-store/port.js';
import type { Reads } from '#read-models/reads.js';
import { hostname } from './origin.js';

/**
 * Which portal a Host header means (without its port): a custom domain, a default domain `<name>.localhost`, else the only
 * portal there is.
 */
export class PortalDirectory {
  private readonly byHost = new LRUCache<string, string>({ max: 1000 });
  /** Grows when portals change: what was looked up before may be wrong after. */
  private generation = 0;

  constructor(
    private readonly store: EventStore,
    private readonly cache: Pick<ReadStates, 'load'>,
    private readonly reads: Reads,
    private readonly domainHash: (domain: string) => string,
  ) {
    store.onAppended((events) => {
      if (!events.some((event) => event.stream.startsWith('portal-'))) return;
      this.generation += 1;
      this.byHost.clear();
    });
  }

  async find(host: string): Promise<ReadState<PortalState> | undefined> {
    const name = hostname(host);
    const id = this.byHost.get(name) ?? (await this.lookUp(name));
    if (id === undefined) return undefined;
    const { state, revision } = await this.cache.load<PortalState>('portal', id);
    return { id, state, revision };
  }

  private async lookUp(name: string): Promise<string | undefined> {
    const { generation } = this;
    const owner = await this.store.ownerOf(this.domainHash(name));
    const id = owner?.slice('portal-'.length) ?? (await this.onlyPortal());
    if (id !== undefined && generation === this.generation) this.byHost.set(name, id);
    return id;
  }

  private async onlyPortal(): Promise<string | undefined> {
    await this.reads.waitFor(await this.store.head(), 2000, ['portals']);
    const found = await this.reads.find('portals', { where: [], limit: 2 });
    return found.length === 1 ? found[0]!.id : undefined;
  }
}
