import { project } from '../testing.js';
import { products } from './products.js';
import { documentMade, listedOn, on, productMade, publishedOn, specificationMade, versionMade } from './testing.js';

describe('view products', () => {
  it('holds the whole state with folded texts and the revision', async () => {
    const docs = await project(products, [
      productMade('pr1', { name: 'Wetter', description: 'Für ALLE' }),
      listedOn(['po1']),
      versionMade('ve1'),
      specificationMade(),
      documentMade('do1'),
      publishedOn('po1', 've1'),
    ]);
    expect(docs.get('pr1')).toMatchObject({
      id: 'pr1',
      name_folded: 'wetter',
      description_folded: 'fur alle',
      portal_ids: ['po1'],
      public_labels: [['area', 'climate']],
      versions: [{ id: 've1', specification: { id: 'sp1' }, publications: [{ id: 've1@po1', portal_id: 'po1' }] }],
      documents: [{ id: 'do1', content_sha256: 'markdown' }],
      revision: 5,
    });
  });

  it('forgets a deleted product', async () => {
    const deleted = on('product-pr1', 'product.deleted.v1', { reason: null });
    expect((await project(products, [productMade('pr1'), versionMade(), deleted])).size).toBe(0);
  });
});
