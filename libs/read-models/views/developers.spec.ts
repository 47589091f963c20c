import { project } from '../testing.js';
import { developers } from './developers.js';
import { developerMade, on, second } from './testing.js';

const stream = 'developer-de1';

describe('view developers', () => {
  it('keeps personal fields sealed, and finds a developer by the claim on the address', async () => {
    const docs = await project(developers, [
      developerMade('de1'),
      on(stream, 'developer.email-confirmed.v1', {}),
      on(stream, 'developer.approved.v1', { from: 'pending', reason: null }, { by: 'policy' }),
    ]);
    expect(docs.get('de1')).toMatchObject({
      id: 'de1',
      portal_id: 'po1',
      status: 'approved',
      email_confirmed: true,
      email: 'sealed:v1:email-de1',
      full_name: 'sealed:v1:name-de1',
      email_claim: 'claim-de1',
      created_at: second(1),
      updated_at: second(3),
      revision: 2,
    });
  });

  it('counts events that change nothing to be seen in the revision only', async () => {
    const docs = await project(developers, [developerMade('de1'), on(stream, 'developer.sign-up-repeated.v1', {})]);
    expect(docs.get('de1')).toMatchObject({ updated_at: second(1), revision: 1 });
  });

  it('forgets a removed developer for good', async () => {
    const docs = await project(developers, [
      developerMade('de1'),
      developerMade('de2'),
      on(stream, 'developer.removed.v1', { reason: null }),
      on(stream, 'developer.email-confirmed.v1', {}),
    ]);
    expect([...docs.keys()]).toEqual(['de2']);
  });
});
