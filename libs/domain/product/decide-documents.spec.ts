import { describe, expect, it } from '@jest/globals';
import { later } from '../testing/given.js';
import { NOWHERE, productWithVersion, sha256, story as storyOf } from './testing.js';

const content = { content_sha256: sha256('a'), size: 12 };
const page = (slug: string, more: object = {}) => ({ slug, title: slug, status: 'published', ...content, ...more });

function story() {
  const begun = storyOf();
  begun.send('CreateProduct', { name: 'Routing' });
  return { ...begun, add: (slug: string, more: object = {}) => begun.made('AddDocument', page(slug, more)) };
}

describe('AddDocument', () => {
  it('adds a page with its metadata as text', () => {
    const then = story().send('AddDocument', page('intro', { metadata: { author: 'Jo', ratio: 0.5 } }));
    const { id } = then.result as { id: string };
    expect(then.events[0]?.data).toEqual({
      document_id: id,
      slug: 'intro',
      title: 'intro',
      status: 'published',
      parent_document_id: null,
      metadata: '{"author":"Jo","ratio":0.5}',
      ...content,
    });
    expect(then.result).toEqual({
      id,
      parent_document_id: null,
      title: 'intro',
      slug: 'intro',
      status: 'published',
      metadata: { author: 'Jo', ratio: 0.5 },
      created_at: later(2),
      updated_at: later(2),
    });
  });

  it.each([
    ['a slug in use', { slug: 'taken' }, 'document_slug_taken'],
    ['a parent that is not there', { parent_document_id: NOWHERE }, 'document_parent_unknown'],
    ['much metadata', { metadata: { text: 'x'.repeat(17_000) } }, 'document_metadata_too_large'],
    ['deep metadata', { metadata: JSON.parse('{"a":'.repeat(5000) + '1' + '}'.repeat(5000)) }, 'document_metadata_too_large'], // prettier-ignore
  ])('is refused with %s', (_, fields, refusal) => {
    const { add, send } = story();
    add('taken');
    expect(send('AddDocument', { ...page('new'), ...(fields as object) }).refusal?.refusal).toBe(refusal);
  });

  it('takes a slug again once it is free', () => {
    const { add, send } = story();
    send('RemoveDocument', { document_id: add('intro') });
    expect(send('AddDocument', page('intro')).refusal).toBeUndefined();
  });
});

describe('EditDocument', () => {
  it('records only what changes', () => {
    const { add, send } = story();
    const document_id = add('intro');
    const then = send('EditDocument', { document_id, slug: 'intro', title: 'Hello', content_sha256: sha256('b'), size: 12 }); // prettier-ignore
    expect(then.events[0]?.data).toEqual({ document_id, title: 'Hello', content_sha256: sha256('b') });
    expect(then.result).toMatchObject({ title: 'Hello', created_at: later(2), updated_at: later(3) });
    expect(send('EditDocument', { document_id, title: ' Hello', metadata: {} }).events).toEqual([]);
  });

  it.each([
    ['a slug in use', { slug: 'other' }, 'document_slug_taken'],
    ['a parent that is not there', { parent_document_id: NOWHERE }, 'document_parent_unknown'],
    ['content without size', { content_sha256: sha256('b') }, 'document_content_incomplete'],
    ['size without content', { size: 3 }, 'document_content_incomplete'],
    ['much metadata', { metadata: { text: 'x'.repeat(17_000) } }, 'document_metadata_too_large'],
    ['an id that no document has', { document_id: NOWHERE }, 'document_not_found'],
  ])('is refused with %s', (_, fields, refusal) => {
    const { add, send } = story();
    add('other');
    expect(send('EditDocument', { document_id: add('intro'), ...fields }).refusal?.refusal).toBe(refusal);
  });

  it('does not put a document below itself, at any depth', () => {
    const { add, send } = story();
    const top = add('top');
    const middle = add('middle', { parent_document_id: top });
    const low = add('low', { parent_document_id: middle });
    const under = (document_id: string, parent_document_id: string) =>
      send('EditDocument', { document_id, parent_document_id }).refusal?.refusal;
    expect([under(top, top), under(top, middle), under(top, low)]).toEqual(Array(3).fill('document_parent_below'));
    expect(under(low, top)).toBeUndefined();
    expect(under(middle, low)).toBeUndefined();
  });

  it('puts a moved document last, and leaves one in its place that stays where it is', () => {
    const { add, send } = story();
    const [a, b, c] = [add('a'), add('b'), add('c')];
    send('EditDocument', { document_id: a, parent_document_id: b });
    const then = send('EditDocument', { document_id: a, parent_document_id: null });
    expect(then.state.documents.map(({ id }) => id)).toEqual([b, c, a]);
    const same = send('EditDocument', { document_id: b, parent_document_id: null, title: 'B' });
    expect(same.state.documents.map(({ id }) => id)).toEqual([b, c, a]);
  });
});

describe('RemoveDocument', () => {
  it('moves its children up to its own parent', () => {
    const { add, send } = story();
    const top = add('top');
    const middle = add('middle', { parent_document_id: top });
    const low = add('low', { parent_document_id: middle });
    const then = send('RemoveDocument', { document_id: middle });
    expect(then.events).toEqual([
      { type: 'product.document-edited.v1', data: { document_id: low, parent_document_id: top } },
      { type: 'product.document-removed.v1', data: { document_id: middle } },
    ]);
    expect(send('RemoveDocument', { document_id: top }).state.documents).toMatchObject([
      { id: low, parent_document_id: null },
    ]);
  });

  it('is refused for an id that no document has', () => {
    const then = story().send('RemoveDocument', { document_id: NOWHERE });
    expect(then.refusal).toEqual({ refusal: 'document_not_found', params: { id: NOWHERE } });
  });
});

describe('specifications', () => {
  const file = { name: 'api.yaml', content_sha256: sha256('a'), operations_sha256: sha256('b'), size: 9 };

  function specified() {
    const begun = productWithVersion();
    const { version: product_version_id } = begun;
    const specification_id = begun.made('AddSpecification', { product_version_id, ...file });
    return { ...begun, product_version_id, specification_id };
  }

  it('AddSpecification gives a version its only one', () => {
    const begun = productWithVersion();
    const { version: product_version_id } = begun;
    const then = begun.send('AddSpecification', { product_version_id, ...file });
    const { id } = then.result as { id: string };
    const data = { specification_id: id, product_version_id, ...file, api_type: 'openapi' };
    expect(then.events).toEqual([{ type: 'product.specification-added.v1', data }]);
    expect(then.result).toEqual({ id, name: 'api.yaml', created_at: later(3), updated_at: later(3) });
    expect(begun.send('AddSpecification', { product_version_id, ...file }).refusal).toEqual({
      refusal: 'specification_exists',
      params: { version: product_version_id, id },
    });
  });

  it('EditSpecification renames it or replaces its content, whole', () => {
    const { send, product_version_id, specification_id } = specified();
    const edit = (fields: object) => send('EditSpecification', { product_version_id, specification_id, ...fields });
    expect(edit({ name: 'v2.json', size: 1 }).refusal?.refusal).toBe('specification_content_incomplete');
    const next = { content_sha256: sha256('c'), operations_sha256: sha256('b'), size: 8 };
    expect(edit({ name: 'v2.json', ...next }).events[0]?.data).toEqual({
      specification_id,
      product_version_id,
      name: 'v2.json',
      content_sha256: sha256('c'),
      size: 8,
    });
    const same = edit(next);
    expect([same.events, same.result]).toMatchObject([[], { id: specification_id, name: 'v2.json' }]);
  });

  it('RemoveSpecification makes room for another', () => {
    const { send, made, product_version_id, specification_id } = specified();
    const then = send('RemoveSpecification', { product_version_id, specification_id });
    expect(then.state.versions[0]?.specification).toBeNull();
    expect(made('AddSpecification', { product_version_id, ...file })).not.toBe(specification_id);
  });

  it.each(['EditSpecification', 'RemoveSpecification'])('%s is refused for another id', (name) => {
    const { send, product_version_id } = specified();
    const then = send(name, { product_version_id, specification_id: NOWHERE });
    expect(then.refusal).toEqual({ refusal: 'specification_not_found', params: { id: NOWHERE } });
  });
});
