import { project } from '../testing.js';
import { applications } from './applications.js';
import { accessDecided, applicationMade, keyMade, on, requested, second } from './testing.js';

const stream = 'application-ap1';

describe('view applications', () => {
  it('holds the application without its registrations', async () => {
    const docs = await project(applications, [
      applicationMade('ap1'),
      requested('re1'),
      requested('re2', { product_version_id: 've2' }),
      accessDecided('rejected', 're2'),
      on(stream, 'application.edited.v1', { name: 'Ärger', redirect_uri: 'https://example.org/' }),
    ]);
    expect(docs.get('ap1')).toMatchObject({
      portal_id: 'po1',
      developer_id: 'de1',
      name: 'Ärger',
      name_folded: 'arger',
      reference_id: 'ref-ap1',
      redirect_uri: 'https://example.org/',
      auth_strategy_id: 'st1',
      created_at: second(1),
      updated_at: second(5),
      revision: 4,
    });
    expect(docs.get('ap1')).not.toHaveProperty('registrations');
  });

  it('holds nothing of credentials', async () => {
    const docs = await project(applications, [applicationMade('ap1'), keyMade('cr1'), keyMade('cr2')]);
    expect(docs.get('ap1')).toMatchObject({ revision: 0 });
    expect(JSON.stringify(docs.get('ap1'))).not.toMatch(/digest|credential/);
  });

  it('forgets a deleted application', async () => {
    const deleted = on(stream, 'application.deleted.v1', { reason: null });
    expect((await project(applications, [applicationMade('ap1'), requested(), deleted])).size).toBe(0);
  });
});
