import { StoreUnavailable } from '#event-store/port.js';
import type { ViewStatus } from '#read-models/status.js';
import type { ReactorStatus } from '#reactors/runner.js';
import type { Services } from '../services.js';

/** Where a view stands, and how far behind that is. */
export interface ViewStanding extends ViewStatus {
  /** Age of the oldest event that it has not applied; 0 when it has applied all; null while the log does not tell. */
  readonly lagSeconds: number | null;
}

type Needs = Pick<Services, 'projections' | 'store' | 'now'>;

export async function viewStandings({ projections, store, now }: Needs): Promise<readonly ViewStanding[]> {
  const head = await headOf(store);
  return Promise.all(
    projections.status().map(async (view) => {
      if (head === undefined) return { ...view, lagSeconds: null };
      if (view.position >= head) return { ...view, lagSeconds: 0 };
      const [next] = await store.readAll({ after: view.position, limit: 1 });
      const since = next?.metadata['recorded_at'];
      const lag = since === undefined ? 0 : Math.max(0, now() - Date.parse(since));
      return { ...view, lagSeconds: Math.round(lag) / 1000 };
    }),
  );
}

/** Position of the newest event; undefined while the log cannot be read. */
export const headOf = (store: Services['store']): Promise<bigint | undefined> =>
  store.head().catch((error: unknown) => {
    if (error instanceof StoreUnavailable) return undefined;
    throw error;
  });

export const reactorStandings = ({ reactors }: Pick<Services, 'reactors'>): readonly ReactorStatus[] =>
  reactors.status();
