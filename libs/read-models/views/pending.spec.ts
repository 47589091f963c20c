import type { EventNotation } from '../testing.js';
import { project } from '../testing.js';
import { pending } from './pending.js';
import { accessDecided, applicationMade, developerMade, on, requested, second } from './testing.js';

const start = [developerMade('de1'), applicationMade('ap1'), requested('re1')];

/** Ids of what waits, without what the view keeps for itself. */
async function waiting(...events: readonly EventNotation[]): Promise<string[]> {
  const docs = await project(pending, [...start, ...events]);
  return [...docs.values()].filter((doc) => 'kind' in doc).map(({ id }) => id);
}

const decided = { from: 'pending', reason: null } as const;

describe('view pending', () => {
  it('lists developers and access requests that nobody has decided', async () => {
    const docs = await project(pending, start);
    expect(docs.get('de1')).toEqual({
      id: 'de1',
      kind: 'developer',
      portal_id: 'po1',
      developer_id: 'de1',
      since: second(1),
    });
    expect(docs.get('re1')).toEqual({
      id: 're1',
      kind: 'registration',
      portal_id: 'po1',
      developer_id: 'de1',
      application_id: 'ap1',
      product_id: 'pr1',
      product_version_id: 've1',
      since: second(3),
    });
  });

  it.each(['approved', 'rejected'] as const)('drops a developer who was %s', async (status) => {
    expect(await waiting(on('developer-de1', `developer.${status}.v1`, decided))).toEqual(['re1']);
  });

  it('drops a developer who was removed', async () => {
    expect(await waiting(on('developer-de1', 'developer.removed.v1', { reason: null }))).toEqual(['re1']);
  });

  it.each(['approved', 'rejected', 'withdrawn'] as const)('drops a request that was %s', async (status) => {
    expect(await waiting(accessDecided(status))).toEqual(['de1']);
  });

  it('drops the requests of a deleted application, no others', async () => {
    const deleted = on('application-ap1', 'application.deleted.v1', { reason: null });
    expect(await waiting(applicationMade('ap2'), requested('re2', {}, 'ap2'), deleted)).toEqual(['de1', 're2']);
  });
});
