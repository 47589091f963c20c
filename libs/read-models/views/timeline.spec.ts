import { project } from '../testing.js';
import { accessDecided, applicationMade, developerMade, keyMade, on, publishedOn, second } from './testing.js';
import { positionKey, timeline } from './timeline.js';

const metadata = {
  command: 'ApproveDeveloper',
  command_id: 'co1',
  actor_kind: 'admin',
  actor_id: 'alice',
  portal: 'po1',
};

describe('view timeline', () => {
  it('has an entry for each event: who, what, when, about whom', async () => {
    const approved = on('developer-de1', 'developer.approved.v1', { from: 'pending', reason: 'sealed:v1:x' }, metadata);
    const docs = await project(timeline, [developerMade('de1'), approved]);
    expect(docs.get(positionKey(2n))).toEqual({
      id: '00000000000000000002',
      event_id: 'event-2',
      type: 'developer.approved.v1',
      aggregate: 'developer',
      entity_id: 'de1',
      actor_kind: 'admin',
      actor_id: 'alice',
      at: second(2),
      command: 'ApproveDeveloper',
      command_id: 'co1',
      portal_id: 'po1',
      developer_id: 'de1',
      product_id: null,
    });
  });

  it('knows the developer of every event of an application, also of those that do not say', async () => {
    const docs = await project(timeline, [
      applicationMade('ap1'),
      keyMade('cr1'),
      accessDecided('approved'),
      on('application-ap1', 'application.deleted.v1', { reason: null }),
    ]);
    for (const n of [1, 2, 3, 4]) {
      expect(docs.get(positionKey(BigInt(n)))).toMatchObject({
        developer_id: 'de1',
        entity_id: 'ap1',
        portal_id: 'po1',
      });
    }
    expect(docs.get(positionKey(3n))).toMatchObject({ product_id: 'pr1' });
  });

  it('knows product and portal of a publication', async () => {
    const docs = await project(timeline, [publishedOn('po2', 've1')]);
    expect(docs.get(positionKey(1n))).toMatchObject({ product_id: 'pr1', portal_id: 'po2', developer_id: null });
  });

  it("holds no event's data", async () => {
    const docs = await project(timeline, [developerMade('de1'), applicationMade('ap1'), keyMade('cr1')]);
    expect(JSON.stringify([...docs.values()])).not.toMatch(/sealed|Météo|digest/);
  });
});

describe('positionKey', () => {
  it('orders as numbers do, beyond what a number holds', () => {
    const positions = [9n, 10n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n];
    expect(positions.map(positionKey).sort()).toEqual(positions.map(positionKey));
  });
});
