import { createRate } from './rate.js';

const limits = { calls: 3, perMilliseconds: 1_000, atOnce: 2 };

function setUp() {
  let time = 1_000_000;
  const take = createRate(() => time, limits);
  const call = (developer: string) => {
    const place = take(developer);
    if (place.granted) place.leave();
    return place.granted;
  };
  return { take, call, pass: (milliseconds: number) => (time += milliseconds) };
}

it('grants so many calls in a window, and as many in the next', () => {
  const { take, call, pass } = setUp();
  expect([call('ada'), call('ada'), call('ada'), call('ada')]).toEqual([true, true, true, false]);
  pass(400);
  expect(take('ada')).toEqual({ granted: false, retryAfterSeconds: 1 });
  expect(call('bob')).toBe(true);
  pass(600);
  expect(call('ada')).toBe(true);
});

it('grants so many at once, and another when one is over', () => {
  const { take } = setUp();
  const first = take('ada');
  take('ada');
  expect(take('ada').granted).toBe(false);
  if (first.granted) first.leave();
  expect(take('ada').granted).toBe(true);
});
