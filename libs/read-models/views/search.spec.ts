import { fold, logEvents, project, type EventNotation } from '../testing.js';
import { search } from './search.js';
import { documentMade, on, productMade, specificationMade, versionMade } from './testing.js';

const stream = 'product-pr1';
const start = [productMade('pr1'), versionMade('ve1', 'Spring 2026')];

const get = { method: 'get', deprecated: false };
const operations = [
  { ...get, path: '/stations/{stationId}', operation_id: 'listStations', tags: ['Radar'], summary: 'All stations' },
  { ...get, path: '/rain', operation_id: null, tags: [], summary: null },
];

const BLOBS: Readonly<Record<string, string>> = {
  markdown: '# Start here\n\nCall the [API](https://example.org/hidden).',
  'other markdown': 'Nothing but **fog**.',
  operations: JSON.stringify(operations),
  'other operations': JSON.stringify(operations.slice(1)),
};

const blob = async (sha256: string): Promise<Uint8Array | undefined> =>
  sha256 in BLOBS ? new TextEncoder().encode(BLOBS[sha256]) : undefined;

/** The words that a query finds, by part, in order. */
async function words(...events: readonly EventNotation[]): Promise<Record<string, string[]>> {
  const docs = await project(search, [...start, ...events], blob);
  const found: Record<string, string[]> = {};
  for (const { part, term } of docs.values()) if (term) (found[part as string] ??= []).push(term as string);
  for (const list of Object.values(found)) list.sort();
  return found;
}

const product = { name: ['weather'], description: ['all', 'for', 'forecasts'], label: ['area', 'climate'] };
const version = ['2026', 'spring'];
const operation = ['all', 'list', 'liststations', 'radar', 'rain', 'stationid', 'stations'];
const text = ['api', 'call', 'here', 'start', 'the'];
const title = ['getting', 'started'];

describe('view search', () => {
  it('has the words of names, description and public labels, with what each place is worth', async () => {
    expect(await words()).toEqual({ ...product, version });
    const docs = await project(search, start);
    expect(docs.get('product:pr1:name:weather')).toEqual({
      id: 'product:pr1:name:weather',
      term: 'weather',
      weight: 8,
      product_id: 'pr1',
      source: 'product:pr1',
      part: 'name',
    });
    expect(docs.get('product:pr1:label:climate')).toMatchObject({ weight: 4 });
    expect(docs.get('version:ve1:version:spring')).toMatchObject({ weight: 2, source: 'version:ve1' });
  });

  it('replaces the words of what was edited, and no others', async () => {
    const edited = on(stream, 'product.edited.v1', { name: 'Klima', public_labels: [] });
    const renamed = on(stream, 'product.version-edited.v1', { product_version_id: 've1', name: 'v2' });
    const { description } = product;
    expect(await words(specificationMade(), edited, renamed)).toEqual({
      name: ['klima'],
      description,
      version: ['v2'],
      operation,
    });
    const labels = on(stream, 'product.version-edited.v1', { product_version_id: 've1', labels: [] });
    expect(await words(labels)).toEqual({ ...product, version });
  });

  it('has the operations of a specification, until it is replaced or removed', async () => {
    const ids = { specification_id: 'sp1', product_version_id: 've1' };
    expect(await words(specificationMade())).toEqual({ ...product, version, operation });
    const edit = { ...ids, operations_sha256: 'other operations' };
    const replaced = await words(specificationMade(), on(stream, 'product.specification-edited.v1', edit));
    expect(replaced['operation']).toEqual(['rain']);
    const wrong = on(stream, 'product.specification-edited.v1', { ...ids, operations_sha256: 'markdown' });
    expect(await words(specificationMade(), wrong)).toEqual({ ...product, version });
    const named = on(stream, 'product.specification-edited.v1', { ...ids, name: 'other.yaml' });
    expect((await words(specificationMade(), named))['operation']).toEqual(operation);
    const removed = on(stream, 'product.specification-removed.v1', ids);
    expect(await words(specificationMade(), removed)).toEqual({ ...product, version });
  });

  it('has title and text of published documents', async () => {
    expect(await words(documentMade())).toEqual({ ...product, version, title, text });
    const edited = (data: object) => on(stream, 'product.document-edited.v1', { document_id: 'do1', ...data }, {});
    const retitled = await words(documentMade(), edited({ title: 'Fin' }));
    expect(retitled).toEqual({ ...product, version, title: ['fin'], text });
    const rewritten = await words(documentMade(), edited({ content_sha256: 'other markdown', size: 20 }));
    expect(rewritten['text']).toEqual(['but', 'fog', 'nothing']);
    const removed = on(stream, 'product.document-removed.v1', { document_id: 'do1' });
    expect(await words(documentMade(), removed)).toEqual({ ...product, version });
  });

  it('finds a document as long as it is published, by the words of then', async () => {
    const edited = (data: object) => on(stream, 'product.document-edited.v1', { document_id: 'do1', ...data });
    const hidden = documentMade('do1', { status: 'unpublished' });
    expect(await words(hidden, edited({ title: 'Fin' }))).toEqual({ ...product, version });
    expect(await words(hidden, edited({ title: 'Fin' }), edited({ status: 'published' }))).toMatchObject({
      title: ['fin'],
      text,
    });
    expect(await words(documentMade(), edited({ status: 'unpublished' }))).toEqual({ ...product, version });
    const atOnce = await words(documentMade(), edited({ status: 'unpublished', title: 'Fin' }));
    expect(atOnce).toEqual({ ...product, version });
  });

  it('remembers that a document without words is published', async () => {
    const empty = documentMade('do1', { title: '!', content_sha256: 'no words' });
    const blank = async (sha256: string) => (sha256 === 'no words' ? new Uint8Array() : blob(sha256));
    const filled = on(stream, 'product.document-edited.v1', { document_id: 'do1', content_sha256: 'markdown' });
    const docs = await project(search, [empty, filled], blank);
    expect(docs.get('document:do1:text:api')).toMatchObject({ term: 'api' });
  });

  it('forgets a removed version with its operations, and a deleted product with everything', async () => {
    const removed = on(stream, 'product.version-removed.v1', { product_version_id: 've1', reason: null });
    expect(await words(specificationMade(), removed)).toEqual(product);
    const deleted = on(stream, 'product.deleted.v1', { reason: null });
    const all = [...start, specificationMade(), documentMade(), deleted];
    expect((await project(search, all, blob)).size).toBe(0);
  });

  it('stops, naming the blob, when a blob is missing', async () => {
    const events = logEvents([...start, documentMade('do1', { content_sha256: 'lost' })]);
    await expect(fold(search, events, blob)).rejects.toThrow('the blob lost is missing');
  });
});
