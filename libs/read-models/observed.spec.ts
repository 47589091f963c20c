import type { Heard } from '#leases/notices.js';
import { statusOf } from './observed.js';
import type { View } from './port.js';
import type { ViewStatus } from './status.js';
import { leaseOf, tell, understand } from './told-status.js';

const view = (version: number): View => ({ name: 'apps', version, indexes: [], rules: {} });
const live = (version: number, position: bigint): ViewStatus => ({
  name: 'apps',
  collection: `apps_v${version}`,
  position,
  lastAppliedAt: null,
  live: true,
});
const firstBuild = (version: number): ViewStatus => ({
  ...live(version, 4n),
  live: false,
  rebuilding: { from: null, to: `apps_v${version}`, done: 0.5 },
});
const blocked = { position: 8n, eventId: 'e', error: 'newer', unknown: true } as const;

/** What processes say; `silentMs`: how long they have said nothing since. */
function heard(...said: readonly (readonly [status: ViewStatus, silentMs?: number])[]): ReadonlyMap<string, Heard> {
  return new Map(
    said.map(([status, silentMs = 0]) => {
      const name = leaseOf(status.collection);
      return [name, { name, token: 1, value: JSON.parse(JSON.stringify(tell(status))) as unknown, silentMs }];
    }),
  );
}

describe('a view that other processes keep up to date', () => {
  const LONG = 60_000;

  it('is not there yet when nobody has said anything', () => {
    expect(statusOf(view(1), heard(), 'apps_v1')).toMatchObject({ collection: 'apps_v1', position: 0n, live: false });
  });

  it('is read in this release’s version, whatever other releases have', () => {
    const all = heard([live(1, 5n)], [live(2, 7n)], [live(3, 9n)]);
    expect(statusOf(view(2), all, '')).toEqual(live(2, 7n));
  });

  it('is read in the version before while this release’s is built, and says so', () => {
    expect(statusOf(view(2), heard([live(1, 5n)], [firstBuild(2)]), '')).toEqual({
      ...live(1, 5n),
      rebuilding: { from: 'apps_v1', to: 'apps_v2', done: 0.5 },
    });
    expect(statusOf(view(3), heard([live(1, 5n)], [live(2, 6n)]), '')).toEqual(live(2, 6n));
  });

  it('is read in the newer version when nobody of this release runs it, or can', () => {
    const newer = live(2, 9n);
    expect(statusOf(view(1), heard([live(1, 5n), LONG], [newer]), '')).toEqual(newer);
    expect(statusOf(view(1), heard([{ ...live(1, 5n), blocked }], [newer]), '')).toEqual(newer);
    expect(statusOf(view(1), heard([live(1, 5n)], [firstBuild(2)]), '')).toEqual(live(1, 5n));
  });

  it('stays as it is, and is not waited for, when nobody runs it in any version', () => {
    expect(statusOf(view(1), heard([live(1, 5n), LONG], [live(2, 9n), LONG]), '')).toEqual({
      ...live(1, 5n),
      live: false,
    });
    expect(statusOf(view(1), heard([{ ...live(1, 5n), blocked }]), '')).toEqual({ ...live(1, 5n), blocked });
  });

  it('is told without loss, positions beyond the safe integers included', () => {
    const position = 9_007_199_254_740_993n;
    const status: ViewStatus = {
      ...live(1, position),
      blocked: { ...blocked, position },
      rebuilding: { from: 'a', to: 'b', done: 1, blocked: { ...blocked, position } },
    };
    expect(understand(JSON.parse(JSON.stringify(tell(status))))).toEqual(status);
    expect(understand(tell(live(1, 1n)))).toEqual(live(1, 1n));
  });
});
