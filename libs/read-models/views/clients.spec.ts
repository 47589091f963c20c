import { project } from '../testing.js';
import { clients } from './clients.js';
import { applicationMade, on, second } from './testing.js';

const AP = 'application-ap1';
const provider = { dcr_provider_id: 'dp1' };
const requested = on(AP, 'application.client-registration-requested.v1', provider);
const registered = on(AP, 'application.client-registered.v1', { ...provider, client_id: 'c1' });
const deleted = on(AP, 'application.deleted.v1', { reason: null });
const failed = on(AP, 'application.client-registration-failed.v1', { ...provider, why: 'timeout', may_exist: true });

describe('view clients', () => {
  it('has no document for an application without a client', async () => {
    expect((await project(clients, [applicationMade(), deleted])).size).toBe(0);
  });

  it('follows a client, and since when it is as it is', async () => {
    const docs = await project(clients, [applicationMade(), requested, registered]);
    expect([...docs.values()]).toEqual([
      { id: 'ap1', ...provider, client_id: 'c1', status: 'registered', since: second(3) },
    ]);
  });

  it('keeps the client of a deleted application until it is deleted, too', async () => {
    const events = [applicationMade(), requested, registered, deleted];
    expect((await project(clients, events)).get('ap1')).toMatchObject({ status: 'leaving', since: second(4) });
    const gone = on(AP, 'application.client-deleted.v1', { ...provider, client_id: 'c1' });
    expect((await project(clients, [...events, gone])).size).toBe(0);
  });

  it('keeps what nobody knows, until somebody does', async () => {
    const events = [applicationMade(), requested, failed, deleted];
    expect((await project(clients, events)).get('ap1')).toMatchObject({ status: 'unknown', client_id: null });
    const located = on(AP, 'application.client-located.v1', { ...provider, client_id: null });
    expect((await project(clients, [...events, located])).size).toBe(0);
  });
});
