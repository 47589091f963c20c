import { fold, logEvents, project } from '../testing.js';
import { registrations } from './registrations.js';
import { accessDecided, applicationMade, keyMade, on, productMade, requested, second, versionMade } from './testing.js';

const start = [productMade('pr1'), versionMade('ve1'), applicationMade('ap1'), requested('re1')];

describe('view registrations', () => {
  it('holds each registration with the names that lists show', async () => {
    const docs = await project(registrations, [...start, accessDecided('approved')]);
    expect(docs.get('re1')).toEqual({
      id: 're1',
      application_id: 'ap1',
      application_name: 'Météo',
      application_name_folded: 'meteo',
      developer_id: 'de1',
      portal_id: 'po1',
      product_id: 'pr1',
      product_name: 'Weather',
      product_name_folded: 'weather',
      product_version_id: 've1',
      product_version_name: 'v1',
      product_version_name_folded: 'v1',
      status: 'approved',
      scopes: [],
      created_at: second(4),
      updated_at: second(5),
    });
  });

  it('follows new names of application, product and version', async () => {
    const docs = await project(registrations, [
      ...start,
      on('application-ap1', 'application.edited.v1', { name: 'Über' }),
      on('product-pr1', 'product.edited.v1', { name: 'Klima' }),
      on('product-pr1', 'product.version-edited.v1', { product_version_id: 've1', name: 'Été' }),
    ]);
    expect(docs.get('re1')).toMatchObject({
      application_name: 'Über',
      application_name_folded: 'uber',
      product_name_folded: 'klima',
      product_version_name: 'Été',
      product_version_name_folded: 'ete',
      updated_at: second(4),
    });
  });

  it('gives a later registration the names of then', async () => {
    const docs = await project(registrations, [
      ...start,
      on('product-pr1', 'product.edited.v1', { name: 'Klima' }),
      versionMade('ve2', 'v2'),
      on('application-ap1', 'application.edited.v1', { name: 'Über' }),
      requested('re2', { product_version_id: 've2' }),
    ]);
    expect(docs.get('re2')).toMatchObject({
      application_name: 'Über',
      product_name: 'Klima',
      product_version_name: 'v2',
    });
  });

  it('leaves them alone when something else of the application changes', async () => {
    const docs = await project(registrations, [
      ...start,
      keyMade('cr1'),
      on('application-ap1', 'application.edited.v1', { description: 'new' }),
    ]);
    expect(docs.get('re1')).toEqual((await project(registrations, start)).get('re1'));
    expect(JSON.stringify([...docs.values()])).not.toContain('digest');
  });

  it('leaves registrations their names when the product is deleted', async () => {
    const deleted = on('product-pr1', 'product.deleted.v1', { reason: null });
    const docs = await project(registrations, [...start, deleted, keyMade('cr1')]);
    expect(docs.get('re1')).toMatchObject({ product_name: 'Weather', product_version_name: 'v1' });
  });

  it('forgets withdrawn ones, and all of a deleted application', async () => {
    const second = requested('re2', { product_version_id: 've2' });
    const withdrawn = await project(registrations, [...start, second, accessDecided('withdrawn', 're1')]);
    expect([withdrawn.has('re1'), withdrawn.has('re2')]).toEqual([false, true]);
    const deleted = on('application-ap1', 'application.deleted.v1', { reason: null });
    const docs = await project(registrations, [...start, second, deleted]);
    expect([...docs.keys()]).toEqual(['product-pr1']);
  });

  // Found by the property test: after a crash the application's state may be ahead of its registrations.
  it('takes the names of a registration from the event that made it, when events are delivered again', async () => {
    const events = logEvents(start);
    const docs = new Map(await fold(registrations, events));
    docs.delete('re1');
    const creation = events[2]!;
    expect(registrations.rules[creation.type]!.reduce(docs, creation).has('re1')).toBe(false);
    const request = events[3]!;
    expect(registrations.rules[request.type]!.reduce(docs, request).get('re1')).toMatchObject({
      product_name: 'Weather',
      product_version_name: 'v1',
    });
  });
});
