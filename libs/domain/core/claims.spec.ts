import { folded } from './claims.js';

it.each([' RACE ', 'Race\u200b', '\u200d\u00a0Ra\u00adce', 'Ra\u2060ce\ufeff'])(
  'a name that looks like another is that other: %j',
  (name) => expect(folded(name)).toBe('race'),
);

it('what is seen makes a difference', () => {
  expect(folded('Race 2')).not.toBe(folded('Race2'));
  expect(folded('Räce')).not.toBe(folded('Race'));
});
