import { productEvents } from '#domain/product/events.js';
import { product } from '#domain/product/state.js';
import { derived } from './derived.js';
import type { Doc } from './port.js';
import { logEvents } from './testing.js';
import { listedOn, productMade, versionMade } from './views/testing.js';

const rules = derived({
  events: productEvents,
  decider: product,
  ownerField: 'product_id',
  keep: ({ exists, name, portal_ids, versions }) => ({ exists, name, portal_ids, versions }),
  documents: (id, { name, portal_ids, versions }) =>
    portal_ids.map((portal) => ({ id: portal, product_id: id, name, versions: versions.map((version) => version.id) })),
});

const events = logEvents([productMade('pr1'), listedOn(['po1']), versionMade('ve1'), listedOn(['po1', 'po2'])]);

const apply = (docs: ReadonlyMap<string, Doc>, n: number) => rules[events[n]!.type]!.reduce(docs, events[n]!);

/** The documents after all events. */
function final(): Map<string, Doc> {
  const docs = new Map<string, Doc>();
  for (const n of events.keys()) for (const [id, doc] of apply(docs, n)) docs.set(id, doc!);
  return docs;
}

describe('derived documents', () => {
  it('follow the state', () => {
    const docs = final();
    expect(docs.get('po1')).toEqual({ id: 'po1', product_id: 'pr1', name: 'Weather', versions: ['ve1'], revision: 3 });
    expect(docs.get('po2')).toMatchObject({ versions: ['ve1'], revision: 3 });
  });

  it('do not come back once another rule has deleted them', () => {
    const docs = final();
    docs.delete('po1');
    const edited = logEvents([...Array<[string, string]>(4).fill(['product-pr1', 'x']), versionMade('ve2')]).at(-1)!;
    const changes = rules[edited.type]!.reduce(docs, edited);
    expect([...changes.keys()].sort()).toEqual(['po2', 'product-pr1']);
  });

  // On an engine without transactions a crash may leave the state written, and documents derived from it not.
  it('are made again by the event that made them, when it is delivered again after the state has gone on', () => {
    const docs = final();
    docs.delete('po1');
    expect([...apply(docs, 0).keys()]).not.toContain('po1');
    expect(apply(docs, 1).get('po1')).toMatchObject({ name: 'Weather', versions: ['ve1'] });
    expect([...apply(docs, 2).keys()]).not.toContain('po1');
  });

  it('hold an event once, however often it is delivered', () => {
    const docs = final();
    expect(apply(docs, 2).get('po1')).toMatchObject({ versions: ['ve1'] });
    expect(apply(docs, 2).get('product-pr1')).toBe(docs.get('product-pr1'));
  });
});
