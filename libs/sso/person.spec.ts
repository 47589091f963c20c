import { DEFAULT_CLAIM_MAPPINGS } from '#domain/portal/identity-provider.js';
import { personOf } from './person.js';

const ISSUER = 'https://idp.example.org';
const person = (idToken: object, userinfo: object = {}, mappings: object = {}) =>
  personOf({ idToken: { sub: 'u-1', ...idToken }, userinfo: userinfo as Record<string, unknown> }, ISSUER, {
    ...DEFAULT_CLAIM_MAPPINGS,
    ...mappings,
  });

describe('the address', () => {
  it('comes from the id_token, else from userinfo', () => {
    expect(person({ email: 'a@example.org' }, { email: 'b@example.org' }).email).toBe('a@example.org');
    expect(person({}, { email: ' b@example.org ' }).email).toBe('b@example.org');
  });

  it.each([
    [undefined],
    [''],
    ['nobody'],
    [17],
    [['a@example.org']],
    ['a@example.org\nBcc: b@example.org'],
    [`${'a'.repeat(250)}@example.org`],
  ])('%j is none', (email) => expect(person({ email })).not.toHaveProperty('email'));

  it('is proven only if the provider says so of this very address', () => {
    const a = 'a@example.org';
    expect(person({ email: a, email_verified: true }).emailVerified).toBe(true);
    expect(person({ email: a, email_verified: 'true' }).emailVerified).toBe(true);
    expect(person({ email: a }, { email: a, email_verified: true }).emailVerified).toBe(true);
    for (const not of [false, 'false', 1, 'yes', undefined])
      expect([not, person({ email: a, email_verified: not }).emailVerified]).toEqual([not, false]);
    expect(person({ email: a }, { email: 'b@example.org', email_verified: true }).emailVerified).toBe(false);
    expect(person({ upn: a, email: 'b@example.org', email_verified: true }, {}, { email: 'upn' })).toMatchObject({
      email: a,
      emailVerified: false,
    });
    expect(person({ email_verified: true }).emailVerified).toBe(false);
  });
});

describe('the name', () => {
  it.each([
    [{ name: 'Ada Lovelace' }, 'Ada Lovelace'],
    [{ given_name: 'Ada', family_name: 'Lovelace' }, 'Ada Lovelace'],
    [{ family_name: 'Lovelace' }, 'Lovelace'],
    [{ preferred_username: 'ada' }, 'ada'],
    [{ email: 'ada@example.org' }, 'ada'],
    [{}, 'Unnamed'],
    [{ name: ' \u202eadA\u0000\n Love\u200blace ' }, 'adA Love lace'],
    [{ name: '\ud800' }, '\ufffd'],
    [{ name: 'x'.repeat(1000) }, 'x'.repeat(250)],
    [{ name: { first: 'Ada' } }, 'Unnamed'],
  ])('of %j is %s', (claims, name) => expect(person(claims).name).toBe(name));
});

describe('groups', () => {
  it('come from both places, once each', () => {
    expect(person({ groups: ['a', 'b'] }, { groups: ['b', 'c'] }).groups).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['a', ['a']],
    [[1, '', 'ok', null, 'x\ny', 'y'.repeat(256)], ['ok']],
    [{ a: 1 }, []],
    [undefined, []],
  ])('%j are %j', (groups, expected) => expect(person({ groups }).groups).toEqual(expected));

  it('may be deeper, and claims may have dots in their names', () => {
    const roles = { realm_access: { roles: ['dev'] } };
    expect(person(roles, {}, { groups: 'realm_access.roles' }).groups).toEqual(['dev']);
    expect(person({ 'https://x.example/groups': ['dev'] }, {}, { groups: 'https://x.example/groups' }).groups).toEqual(['dev']); // prettier-ignore
    expect(person({}, {}, { groups: 'constructor.name' }).groups).toEqual([]);
  });

  it('are bounded', () => {
    expect(person({ groups: Array.from({ length: 5000 }, (_, i) => `g${i}`) }).groups).toHaveLength(500);
  });
});
