import { EVENTS } from '#domain/registry.js';
import { fold, logEvents } from '../testing.js';
import { allViews, viewsOf } from './index.js';
import { applicationMade, developerMade, keyMade, requested } from './testing.js';

describe('all views', () => {
  it('know only events that are declared', () => {
    const unknown = allViews.flatMap(({ name, rules }) =>
      Object.keys(rules)
        .filter((type) => !EVENTS.has(type))
        .map((type) => `${name}: ${type}`),
    );
    expect(unknown).toEqual([]);
  });

  it('miss no event in the timeline', () => {
    const timeline = allViews.find(({ name }) => name === 'timeline');
    expect(Object.keys(timeline!.rules).sort()).toEqual([...EVENTS.keys()].sort());
  });

  it('are found by the events that change them', () => {
    expect(viewsOf(['developer.registered.v1'])).toEqual(expect.arrayContaining(['developers', 'timeline']));
    expect(viewsOf(['developer.registered.v1'])).not.toContain('search');
    expect(viewsOf(['developer.registered.v1', 'product.created.v1'])).toContain('search');
    expect(viewsOf([])).toEqual([]);
  });

  it.each(allViews)('$name holds no digest of a key', async (view) => {
    const events = logEvents([developerMade(), applicationMade(), keyMade('cr1'), requested()]);
    const docs = await fold(view, events);
    expect(JSON.stringify([...docs.values()])).not.toContain('digest');
  });
});
