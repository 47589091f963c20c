import { project } from '../testing.js';
import { strategies } from './strategies.js';
import { on, strategyMade } from './testing.js';

describe('view strategies', () => {
  it('holds the state with a folded name and the revision', async () => {
    const docs = await project(strategies, [
      strategyMade('st1', 'Clé'),
      on('authStrategy-st1', 'auth-strategy.edited.v1', { display_name: 'API key 2' }),
    ]);
    expect(docs.get('st1')).toMatchObject({
      id: 'st1',
      name: 'Clé',
      name_folded: 'cle',
      display_name: 'API key 2',
      display_name_folded: 'api key 2',
      strategy_type: 'key_auth',
      key_auth: { key_names: ['apikey'], ttl: null },
      revision: 1,
    });
  });

  it('forgets a deleted strategy', async () => {
    const deleted = on('authStrategy-st1', 'auth-strategy.deleted.v1', { reason: null });
    expect((await project(strategies, [strategyMade('st1'), deleted])).size).toBe(0);
  });
});
