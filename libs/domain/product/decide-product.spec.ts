import { describe, expect, it } from '@jest/globals';
import { later, testId } from '../testing/given.js';
import { productEntries } from './entries.js';
import { isVisibleOn } from './state.js';
import { KEYED, NOWHERE, PLAIN, PRODUCT, productWithVersion, sha256, story } from './testing.js';

const created = (fields: object = {}) => {
  const begun = story();
  begun.send('CreateProduct', { name: 'Routing', description: 'Ways', labels: { 10: 'a', 2: 'b' }, ...fields });
  return begun;
};

describe('CreateProduct', () => {
  it('needs no more than a name', () => {
    const then = story().send('CreateProduct', { name: ' Routing ' });
    expect(then.types).toEqual(['product.created.v1']);
    expect(then.result).toEqual({
      id: PRODUCT,
      name: 'Routing',
      description: null,
      portal_ids: [],
      portals: [],
      version_count: 0,
      labels: {},
      public_labels: {},
      created_at: later(1),
      updated_at: later(1),
    });
  });

  it('lists the product on portals, and keeps labels as pairs', () => {
    const then = story().send('CreateProduct', { name: 'R', portal_ids: [PLAIN, KEYED], labels: { 10: 'a', 2: 'b' } });
    expect(then.events.map(({ data }) => data)).toEqual([
      { name: 'R', description: null, labels: [['10', 'a'], ['2', 'b']], public_labels: [] }, // prettier-ignore
      { portal_ids: [PLAIN, KEYED], reason: null },
    ]);
    expect([PLAIN, KEYED, NOWHERE].map((id) => isVisibleOn(then.state, id))).toEqual([true, true, false]);
  });

  it('is refused for a portal that is not there', () => {
    const then = story().send('CreateProduct', { name: 'R', portal_ids: [PLAIN, NOWHERE] });
    expect(then.refusal).toEqual({ refusal: 'product_portal_unknown', params: { id: NOWHERE } });
  });
});

describe('EditProduct', () => {
  it('records only what changes', () => {
    const then = created().send('EditProduct', { name: 'Routing', description: null, labels: { 2: null, x: 'y' } });
    expect(then.events.map(({ data }) => data)).toEqual([{ description: null, labels: [['10', 'a'], ['x', 'y']] }]); // prettier-ignore
    expect(then.result).toMatchObject({ name: 'Routing', description: null, updated_at: later(2) });
  });

  it('changes nothing where all is as it was', () => {
    const then = created({ portal_ids: [PLAIN, KEYED] }).send('EditProduct', {
      name: 'Routing ',
      labels: { 2: 'b' },
      portal_ids: [KEYED, PLAIN],
    });
    expect(then.refusal).toBeUndefined();
    expect(then.events).toEqual([]);
    expect(then.result).toMatchObject({ id: PRODUCT, updated_at: later(1) });
  });

  it('replaces the list of portals, reading only those that it adds', () => {
    const begun = created({ portal_ids: [PLAIN] });
    const reads = productEntries['EditProduct']!.reads!;
    const { state } = begun.send('EditProduct', { public_labels: { kind: 'open' } });
    expect(reads({ portal_ids: [PLAIN, KEYED] } as never, state as never, {})).toEqual({
      [`portal:${KEYED}`]: { stream: 'portal', id: KEYED },
    });
    expect(begun.send('EditProduct', { portal_ids: [KEYED] }).result).toMatchObject({ portal_ids: [KEYED] });
    expect(begun.send('EditProduct', { portal_ids: [] }).types).toEqual(['product.portals-changed.v1']);
    expect(begun.send('EditProduct', { portal_ids: [NOWHERE] }).refusal?.refusal).toBe('product_portal_unknown');
  });
});

describe('PublishProduct and UnpublishProduct', () => {
  it('list the product and take it off, one portal at a time', () => {
    const begun = created({ portal_ids: [PLAIN] });
    expect(begun.send('PublishProduct', { portal_id: KEYED }).result).toMatchObject({ portal_ids: [PLAIN, KEYED] });
    expect(begun.send('PublishProduct', { portal_id: KEYED }).events).toEqual([]);
    const then = begun.send('UnpublishProduct', { portal_id: PLAIN, reason: 'Moved' });
    expect(then.events[0]?.data).toEqual({ portal_ids: [KEYED], reason: 'Moved' });
    expect(begun.send('UnpublishProduct', { portal_id: PLAIN }).events).toEqual([]);
  });

  it('keep what was published for when the product is listed again', () => {
    const begun = productWithVersion();
    begun.send('PublishProductVersion', { product_version_id: begun.version, portal_id: PLAIN });
    begun.send('UnpublishProduct', { portal_id: PLAIN });
    const then = begun.send('PublishProduct', { portal_id: PLAIN });
    expect(then.state.versions[0]?.publications).toMatchObject([{ portal_id: PLAIN, publish_status: 'published' }]);
  });

  it('are refused for a portal that is not there, which may still be taken off', () => {
    expect(created().send('PublishProduct', { portal_id: NOWHERE }).refusal?.refusal).toBe('portal_not_found');
    expect(created().send('UnpublishProduct', { portal_id: NOWHERE }).events).toEqual([]);
  });
});

describe('DeleteProduct', () => {
  it('gives back every claim and empties the product', () => {
    const begun = productWithVersion([PLAIN]);
    const then = begun.send('DeleteProduct', { reason: 'Retired' });
    expect(then.events).toEqual([{ type: 'product.deleted.v1', data: { reason: 'Retired' }, drop: 'all' }]);
    expect(then.state).toMatchObject({ exists: false, deleted: true, versions: [], documents: [], portal_ids: [] });
  });

  const version = { product_version_id: NOWHERE };
  const content = { content_sha256: sha256('a'), size: 1 };
  const commands: Record<string, object> = {
    EditProduct: { name: 'X' },
    DeleteProduct: {},
    PublishProduct: { portal_id: PLAIN },
    UnpublishProduct: { portal_id: PLAIN },
    AddProductVersion: { name: 'v2' },
    EditProductVersion: version,
    RemoveProductVersion: version,
    AddSpecification: { ...version, ...content, name: 'a.yaml', operations_sha256: sha256('b') },
    EditSpecification: { ...version, specification_id: NOWHERE },
    RemoveSpecification: { ...version, specification_id: NOWHERE },
    AddDocument: { ...content, slug: 'a', title: 'A', status: 'published' },
    EditDocument: { document_id: NOWHERE },
    RemoveDocument: { document_id: NOWHERE },
    PublishProductVersion: { ...version, portal_id: PLAIN },
    PreparePublication: { ...version, portal_id: PLAIN },
    ChangePublication: { ...version, portal_id: PLAIN },
    UnpublishProductVersion: { ...version, portal_id: PLAIN },
    RemovePublication: { ...version, portal_id: PLAIN },
  };

  it.each(Object.entries(commands))('leaves nothing for %s', (name, fields) => {
    const begun = created();
    begun.send('DeleteProduct');
    expect(begun.send(name, fields).refusal).toEqual({ refusal: 'product_not_found', params: { id: PRODUCT } });
  });

  it('is tried with every command on an existing product', () => {
    expect(['CreateProduct', ...Object.keys(commands)].sort()).toEqual(Object.keys(productEntries).sort());
  });

  it.each(Object.entries(commands).filter(([, fields]) => 'product_version_id' in fields))(
    'and %s is refused for a version that is not there',
    (name, fields) => {
      const then = productWithVersion().send(name, fields);
      expect(then.refusal).toEqual({ refusal: 'product_version_not_found', params: { id: NOWHERE } });
    },
  );
});

it('gives the product the id that its stream has', () => {
  expect(created().send('EditProduct', {}).result).toMatchObject({ id: testId('product') });
});
