import type { Doc } from '../port.js';
import { project, type EventNotation } from '../testing.js';
import { catalogue } from './catalogue.js';
import { documentMade, listedOn, on, portalMade, productMade, publishedOn, second, versionMade } from './testing.js';

const stream = 'product-pr1';
const start = [
  productMade('pr1', { name: 'Météo' }),
  listedOn(['po1', 'po2']),
  versionMade('ve1', 'v1'),
  versionMade('ve2', 'v2'),
  publishedOn('po1', 've1', { auto_approve_registration: true }),
];

/** The entries, without what the view keeps for itself. */
async function entries(...events: readonly EventNotation[]): Promise<Readonly<Record<string, Doc>>> {
  const docs = await project(catalogue, [...start, ...events]);
  return Object.fromEntries([...docs].filter(([, doc]) => 'portal_id' in doc));
}

describe('view catalogue', () => {
  it('has an entry for each portal that lists the product, with what is published there', async () => {
    const { 'po1:pr1': first, 'po2:pr1': other } = await entries();
    expect(first).toEqual({
      id: 'po1:pr1',
      portal_id: 'po1',
      product_id: 'pr1',
      name: 'Météo',
      name_folded: 'meteo',
      description: 'Forecasts for all',
      description_folded: 'forecasts for all',
      public_labels: { area: 'climate' },
      created_at: second(1),
      updated_at: second(2),
      document_count: 0,
      version_count: 1,
      latest_version: { id: 've1', name: 'v1' },
      versions: [
        {
          id: 've1',
          name: 'v1',
          created_at: second(3),
          updated_at: second(3),
          deprecated: false,
          publication: {
            auth_strategy_ids: ['st1'],
            application_registration_enabled: true,
            auto_approve_registration: true,
          },
        },
      ],
      revision: 4,
    });
    expect(other).toMatchObject({ version_count: 0, latest_version: null, versions: [], revision: 4 });
  });

  it('names the newest published version, whichever was published last', async () => {
    const { 'po1:pr1': both } = await entries(publishedOn('po1', 've2'), publishedOn('po1', 've1'));
    expect(both).toMatchObject({ version_count: 2, latest_version: { id: 've2', name: 'v2' } });
    const unpublished = await entries(
      publishedOn('po1', 've2'),
      publishedOn('po1', 've2', { publish_status: 'unpublished' }),
    );
    expect(unpublished['po1:pr1']).toMatchObject({ version_count: 1, latest_version: { id: 've1' } });
  });

  it('counts published documents', async () => {
    const { 'po1:pr1': entry } = await entries(
      documentMade('do1'),
      documentMade('do2', { status: 'unpublished' }),
      documentMade('do3', { status: 'unpublished' }),
      on(stream, 'product.document-edited.v1', { document_id: 'do3', status: 'published' }),
    );
    expect(entry).toMatchObject({ document_count: 2 });
  });

  it('appears on a portal that lists the product later, and goes where it does so no more', async () => {
    const docs = await entries(listedOn(['po3', 'po1']));
    expect(Object.keys(docs).sort()).toEqual(['po1:pr1', 'po3:pr1']);
    const again = await entries(listedOn([]), listedOn(['po1']));
    expect(again['po1:pr1']).toMatchObject({ version_count: 1 });
  });

  it('goes with the product', async () => {
    expect(await entries(on(stream, 'product.deleted.v1', { reason: null }))).toEqual({});
  });

  it('goes with the portal, and no later event of the product brings it back', async () => {
    const docs = await entries(
      portalMade('po1'),
      on('portal-po1', 'portal.deleted.v1', { forced: true, reason: null }),
      on(stream, 'product.edited.v1', { name: 'Klima' }),
    );
    expect(Object.keys(docs)).toEqual(['po2:pr1']);
    expect(docs['po2:pr1']).toMatchObject({ name: 'Klima' });
  });
});
