import { project } from '../testing.js';
import { portals } from './portals.js';
import { on, portalMade, second } from './testing.js';

describe('view portals', () => {
  it('holds the state with a folded name and the revision', async () => {
    const docs = await project(portals, [
      portalMade('po1', ' Äcme'),
      on('portal-po1', 'portal.settings-changed.v1', { is_public: true, description: 'Tout' }),
    ]);
    expect(docs.get('po1')).toMatchObject({
      id: 'po1',
      name: ' Äcme',
      name_folded: 'acme',
      description_folded: 'tout',
      is_public: true,
      created_at: second(1),
      updated_at: second(2),
      revision: 1,
    });
  });

  it('forgets a deleted portal', async () => {
    const deleted = on('portal-po1', 'portal.deleted.v1', { forced: false, reason: null });
    expect([...(await project(portals, [portalMade('po1'), portalMade('po2'), deleted])).keys()]).toEqual(['po2']);
  });
});
