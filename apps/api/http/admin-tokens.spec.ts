import { adminIdentity } from '../admin-identity.js';
import { rolesIn } from './admin-tokens.js';

const settings = (changes: Record<string, string> = {}) =>
  adminIdentity({
    GATEHOUSE_ADMIN_ISSUER: 'https://idp.example/',
    GATEHOUSE_ADMIN_AUDIENCE: 'gatehouse',
    ...changes,
  })!;

describe('settings', () => {
  it('are off without an issuer', () => expect(adminIdentity({})).toBeUndefined());

  it('take the issuer as it is, and the names of roles by default', () => {
    expect(settings()).toMatchObject({ issuer: 'https://idp.example/', audience: 'gatehouse', roleClaim: 'roles' });
    expect(rolesIn({ roles: ['auditor'] }, settings())).toEqual(['auditor']);
  });

  it.each([
    [{ GATEHOUSE_ADMIN_ISSUER: 'idp.example' }, /ADMIN_ISSUER/],
    [{ GATEHOUSE_ADMIN_ISSUER: 'https://idp.example?x' }, /ADMIN_ISSUER/],
    [{ GATEHOUSE_ADMIN_ISSUER: 'http://idp.example' }, /ADMIN_ISSUER must be https/],
    [{ GATEHOUSE_ADMIN_AUDIENCE: '' }, /ADMIN_AUDIENCE/],
    [{ GATEHOUSE_ADMIN_ROLES: 'staff=king' }, /ADMIN_ROLES/],
    [{ GATEHOUSE_ADMIN_ROLES: 'staff' }, /ADMIN_ROLES/],
    [{ GATEHOUSE_ADMIN_ROLES: '=admin' }, /ADMIN_ROLES/],
  ])('refuse %j', (changes, message) => expect(() => settings(changes)).toThrow(message));
});

describe('roles in claims', () => {
  const mapped = settings({
    GATEHOUSE_ADMIN_ROLES: 'cn=staff=approver, portal admins=admin',
    GATEHOUSE_ADMIN_ROLE_CLAIM: 'realm.roles',
  });

  it.each([
    [{ realm: { roles: ['cn=staff', 'x'] } }, ['approver']],
    [{ realm: { roles: 'portal admins' } }, ['admin']],
    [{ realm: { roles: 'x cn=staff' } }, ['approver']],
    [{ 'realm.roles': ['cn=staff'], realm: { roles: ['portal admins'] } }, ['approver']],
    [{ realm: { roles: ['admin', 'approver'] } }, []],
    [{ realm: { roles: [{ value: 'admin' }, null, 7] } }, []],
    [{ realm: null }, []],
    [{}, []],
  ])('%j', (claims, roles) => expect(rolesIn(claims as never, mapped)).toEqual(roles));

  it('are not found on prototypes', () => {
    const inherited = settings({
      GATEHOUSE_ADMIN_ROLE_CLAIM: 'constructor.name',
      GATEHOUSE_ADMIN_ROLES: 'Object=admin',
    });
    expect(rolesIn({}, inherited)).toEqual([]);
  });
});
