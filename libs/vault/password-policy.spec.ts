import fc from 'fast-check';
import { passwordViolations } from './password-policy.js';

const rules = (password: string, email?: string) => passwordViolations(password, email).map(({ rule }) => rule);

describe('the password policy', () => {
  it('counts code points from 12 to 128', () => {
    const text = (length: number) => '\u{1F512}ßq7#Lw'.repeat(30).match(/./gu)!.slice(0, length).join('');
    expect(passwordViolations(text(11))).toEqual([
      { rule: 'min_length', minimum: 12, reason: 'must have at least 12 characters' },
    ]);
    expect(rules('\u{1F512}'.repeat(11))).toEqual(['min_length']);
    expect(passwordViolations('x9'.repeat(64) + 'x')).toEqual([
      { rule: 'max_length', maximum: 128, reason: 'must not have more than 128 characters' },
    ]);
    const random = 'b7!Kq z%4mVé';
    expect([...random]).toHaveLength(12);
    expect(rules(random)).toEqual([]);
  });

  it('counts a composed character once, however it was typed', () => {
    expect(rules('e\u0301'.repeat(11))).toEqual(['min_length']);
  });

  it.each([
    'password1234', 'Password2024!', 'P@ssw0rd2024', 'passwordpassword', 'Summer2024!!!', 'Welcome12345', 'qwertyuiop12',
    '123456789012', '1q2w3e4r5t6y', '1qaz2wsx3edc', 'qazwsxedcrfv', 'adminadmin99', 'administrator1', 'iloveyou1234',
    'letmein12345', 'aaaaaaaaaaaa', 'abcabcabcabc', 'xkxkxkxkxkxk', 'asdfghjkl123', '!@#$%^&*()_+', 'abcdefghijkl',
    'zyxwvutsrqpo', 'Liverpool2023', 'michaeljordan23', 'correcthorsebatterystaple', 'Changeme123!', 'trustno11111',
    'football12345', 'thisismypassword', 'developer2024', 'PASSWORD PASSWORD', 'princess1990\u{1F512}', '0987654321qwerty',
  ])('refuses the common %s', (password) => expect(rules(password)).toEqual(['invalid'])); // prettier-ignore

  it.each([
    'purple monkey dishwasher lamp', 'tr8!vK2m#pQz', 'gq7x-mf2w-9kzt', '734981273645', 'vier Dosen Linsensuppe',
    'password8273645182', 'Ich hole morgen Brot', '牛乳を三本買って帰ってきました', '\u{1F512}\u{1F40E}\u{1F50B}\u{1F4CE}kvorzy12',
    'kommentarlos-Gurke', 'withoutanyonelookingup',
  ])('takes %s', (password) => expect(rules(password)).toEqual([])); // prettier-ignore

  it('takes nearly every random password', () => {
    const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
    const password = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 14, maxLength: 20 });
    const refused = fc.sample(password, { numRuns: 2_000, seed: 1 }).filter((each) => rules(each).length > 0);
    expect(refused.length).toBeLessThan(2);
  });

  it('refuses one that holds the e-mail or its local part', () => {
    const email = ' Ada.Lovelace@Example.com';
    expect(rules('kz7-ada.lovelace@example.com', email)).toEqual(['invalid']);
    expect(rules('7kqz-ADA.LOVELACE-vw', email)).toEqual(['invalid']);
    expect(rules('7kqz-lovelace-vwtt', email)).toEqual([]);
    expect(rules('bobkqz81-mmvwtt', 'bob@example.com')).toEqual([]);
    expect(rules('kq7zbob@example.com', 'bob@example.com')).toEqual(['invalid']);
    expect(rules('kq7zmmvwtt81', '')).toEqual([]);
  });

  it('never repeats the password in a reason', () => {
    for (const password of ['hunter2', 'iloveyou1234', 'kq7zbob@example.com']) {
      expect(JSON.stringify(passwordViolations(password, 'bob@example.com'))).not.toContain(password);
    }
  });

  it('answers soon and without failing for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void passwordViolations(text, text)),
    );
    expect(rules('a'.repeat(1_000_000))).toEqual(['max_length']);
  });
});
