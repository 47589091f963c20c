import { project } from '../testing.js';
import { credentials } from './credentials.js';
import { applicationMade, keyMade, on, second } from './testing.js';

const stream = 'application-ap1';

describe('view credentials', () => {
  it('holds each key without its digest', async () => {
    const docs = await project(credentials, [
      applicationMade('ap1'),
      keyMade('cr1', { expires_at: second(900) }),
      on(stream, 'application.credential-renamed.v1', { credential_id: 'cr1', display_name: 'Laptop' }),
    ]);
    expect(docs.get('cr1')).toEqual({
      id: 'cr1',
      application_id: 'ap1',
      developer_id: 'de1',
      portal_id: 'po1',
      display_name: 'Laptop',
      status: 'active',
      created_at: second(2),
      updated_at: second(3),
      expires_at: second(900),
      replaces: null,
      replaced_by: null,
    });
  });

  it('links a rotated key and its successor', async () => {
    const docs = await project(credentials, [
      applicationMade('ap1'),
      keyMade('cr1'),
      on(stream, 'application.credential-rotated.v1', {
        credential_id: 'cr1',
        replaced_by: 'cr2',
        expires_at: second(60),
      }),
      keyMade('cr2', { replaces: 'cr1' }),
    ]);
    expect(docs.get('cr1')).toMatchObject({ replaced_by: 'cr2', expires_at: second(60), status: 'active' });
    expect(docs.get('cr2')).toMatchObject({ replaces: 'cr1', replaced_by: null });
  });

  it('records revocation and expiry; a revocation outweighs an expiry', async () => {
    const revoked = (credential_id: string) =>
      on(stream, 'application.credential-revoked.v1', { credential_id, reason: null });
    const expired = (credential_id: string) => on(stream, 'application.credential-expired.v1', { credential_id });
    const docs = await project(credentials, [
      applicationMade('ap1'),
      keyMade('cr1'),
      keyMade('cr2'),
      keyMade('cr3'),
      keyMade('cr4'),
      revoked('cr1'),
      expired('cr1'),
      expired('cr2'),
      expired('cr3'),
      revoked('cr3'),
    ]);
    const status = (id: string) => docs.get(id)?.['status'];
    expect(['cr1', 'cr2', 'cr3', 'cr4'].map(status)).toEqual(['revoked', 'expired', 'revoked', 'active']);
  });

  it('forgets the keys of a deleted application, and whose it was', async () => {
    const deleted = on(stream, 'application.deleted.v1', { reason: null });
    const docs = await project(credentials, [
      applicationMade('ap1'),
      applicationMade('ap2'),
      keyMade('cr1'),
      keyMade('cr2', {}, 'ap2'),
      deleted,
    ]);
    expect([...docs.keys()].sort()).toEqual(['application-ap2', 'cr2']);
  });
});
