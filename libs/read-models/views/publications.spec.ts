import type { Doc } from '../port.js';
import { project, type EventNotation } from '../testing.js';
import { listedOn, on, productMade, publishedOn, second, versionMade } from './testing.js';
import { publications } from './publications.js';

const stream = 'product-pr1';
const start = [productMade('pr1'), listedOn(['po1']), versionMade('ve1'), publishedOn('po1'), publishedOn('po2')];

async function docsOf(...events: readonly EventNotation[]): Promise<Readonly<Record<string, Doc>>> {
  const docs = await project(publications, [...start, ...events]);
  return Object.fromEntries([...docs].filter(([, doc]) => 'portal_id' in doc));
}

describe('view publications', () => {
  it('has one for each portal and version, with the names', async () => {
    const docs = await docsOf();
    expect(docs['ve1@po1']).toEqual({
      id: 've1@po1',
      portal_id: 'po1',
      product_id: 'pr1',
      product_name: 'Weather',
      product_version_id: 've1',
      product_version_name: 'v1',
      publish_status: 'published',
      auth_strategy_id: 'st1',
      auth_strategy_ids: ['st1'],
      application_registration_enabled: true,
      auto_approve_registration: false,
      deprecated: false,
      listed: true,
      created_at: second(4),
      updated_at: second(4),
      revision: 4,
    });
    expect(docs['ve1@po2']).toMatchObject({ listed: false, publish_status: 'published' });
  });

  it('follows names, settings and listing', async () => {
    const docs = await docsOf(
      on(stream, 'product.edited.v1', { name: 'Klima' }),
      on(stream, 'product.version-edited.v1', { product_version_id: 've1', name: '1.0' }),
      publishedOn('po1', 've1', { publish_status: 'unpublished', auth_strategy_ids: [], deprecated: true }),
      listedOn(['po2']),
    );
    expect(docs['ve1@po1']).toMatchObject({
      product_name: 'Klima',
      product_version_name: '1.0',
      publish_status: 'unpublished',
      auth_strategy_id: '',
      deprecated: true,
      listed: false,
      created_at: second(4),
      updated_at: second(8),
      revision: 8,
    });
    expect(docs['ve1@po2']).toMatchObject({ listed: true, revision: 8 });
  });

  it('goes when removed, and with its version, product or portal', async () => {
    const ids = { publication_id: 've1@po1', portal_id: 'po1', product_version_id: 've1', reason: null };
    expect(Object.keys(await docsOf(on(stream, 'product.publication-removed.v1', ids)))).toEqual(['ve1@po2']);
    const version = on(stream, 'product.version-removed.v1', { product_version_id: 've1', reason: null });
    expect(await docsOf(version)).toEqual({});
    expect(await docsOf(on(stream, 'product.deleted.v1', { reason: null }))).toEqual({});
    const portal = on('portal-po1', 'portal.deleted.v1', { forced: true, reason: null });
    const later = await docsOf(portal, on(stream, 'product.edited.v1', { name: 'Klima' }));
    expect(Object.keys(later)).toEqual(['ve1@po2']);
  });
});
