import { LRUCache } from 'lru-cache';
import { atMost } from './at-most.js';

it('keeps so many entries, those that were used last', () => {
  const cache = new LRUCache<string, number>(atMost(2));
  cache.set('a', 1).set('b', 2);
  cache.get('a');
  cache.set('c', 3);
  expect([...cache.keys()].sort()).toEqual(['a', 'c']);
});

it('forgets in time', () => {
  let now = 1;
  const cache = new LRUCache<string, number>({ ...atMost(2), ttl: 10, ttlResolution: 0, perf: { now: () => now } });
  cache.set('a', 1);
  now = 12;
  expect(cache.get('a')).toBeUndefined();
});
