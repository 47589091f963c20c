import { describe, expect, it } from '@jest/globals';
import { productVersionClaim } from '../core/claims.js';
import { portal } from '../portal/state.js';
import { portalCreated } from '../testing/events.js';
import { later, read, testId } from '../testing/given.js';
import { publicationOf } from './state.js';
import { KEYED, NOWHERE, PLAIN, STRATEGY, WORLD, productWithVersion, sha256, story } from './testing.js';

const service = (name: string, plane = 'plane') => ({ id: testId(name), control_plane_id: testId(plane) });
const claim = (name: string, plane = 'plane') => ({
  kind: 'gateway-service',
  scope: testId(plane),
  value: testId(name),
});

describe('AddProductVersion', () => {
  it('adds a version that can be found by its id', () => {
    const begun = story();
    begun.send('CreateProduct', { name: 'Routing' });
    const then = begun.send('AddProductVersion', {
      name: 'v1',
      labels: { env: 'test' },
      gateway_service: service('s'),
    });
    const { id } = then.result as { id: string };
    expect(then.events).toEqual([
      {
        type: 'product.version-added.v1',
        data: { product_version_id: id, name: 'v1', labels: [['env', 'test']], gateway_service: service('s') },
        take: [productVersionClaim(id), claim('s')],
      },
    ]);
    expect(then.result).toEqual({
      id,
      name: 'v1',
      gateway_service: service('s'),
      publish_status: 'unpublished',
      deprecated: false,
      labels: { env: 'test' },
      portals: [],
      created_at: later(2),
      updated_at: later(2),
    });
    expect(then.state.updated_at).toBe(later(1));
  });

  it('publishes it, if it says so, on every portal that lists the product', () => {
    const begun = story();
    begun.send('CreateProduct', { name: 'Routing', portal_ids: [PLAIN, KEYED] });
    const then = begun.send('AddProductVersion', { name: 'v1', publish_status: 'published', deprecated: true });
    expect(then.types).toEqual([
      'product.version-added.v1',
      'product.version-published.v1',
      'product.version-published.v1',
    ]);
    const settings = {
      publish_status: 'published',
      deprecated: true,
      application_registration_enabled: false,
      auto_approve_registration: false,
    };
    expect(then.result).toMatchObject({
      publish_status: 'published',
      deprecated: true,
      portals: [
        { portal_id: PLAIN, ...settings, auth_strategies: [] },
        { portal_id: KEYED, ...settings, auth_strategies: [{ id: STRATEGY }] },
      ],
    });
  });

  it('passes over a portal, and a default strategy, that is gone by then', () => {
    const lost = portalCreated({ default_application_auth_strategy_id: NOWHERE });
    const facts = { ...WORLD };
    const begun = story(facts);
    begun.send('CreateProduct', { name: 'Routing', portal_ids: [PLAIN, KEYED] });
    const deleted = { type: 'portal.deleted.v1', data: { forced: true, reason: null } };
    facts[`portal:${PLAIN}`] = read(portal, PLAIN, [portalCreated(), deleted]);
    facts[`portal:${KEYED}`] = read(portal, KEYED, [lost]);
    const then = begun.send('AddProductVersion', { name: 'v1', publish_status: 'published' });
    expect(then.result).toMatchObject({ portals: [{ portal_id: KEYED, auth_strategies: [] }] });
  });
});

describe('a gateway service', () => {
  it('is linked to one version of the product only', () => {
    const begun = productWithVersion();
    begun.send('AddProductVersion', { name: 'v2', gateway_service: service('s') });
    const taken = { refusal: 'gateway_service_taken', params: { value: testId('s') } };
    expect(begun.send('AddProductVersion', { name: 'v3', gateway_service: service('s') }).refusal).toEqual(taken);
    const edit = { product_version_id: begun.version, gateway_service: service('s') };
    expect(begun.send('EditProductVersion', edit).refusal).toEqual(taken);
    const elsewhere = { name: 'v4', gateway_service: service('s', 'other plane') };
    expect(begun.send('AddProductVersion', elsewhere).refusal).toBeUndefined();
  });

  it('can be exchanged, and taken away', () => {
    const begun = productWithVersion();
    const edit = (gateway_service: object | null) =>
      begun.send('EditProductVersion', { product_version_id: begun.version, gateway_service }).events;
    expect(edit(service('a'))).toMatchObject([{ take: [claim('a')], drop: [] }]);
    const { id, control_plane_id } = service('a');
    expect(edit({ control_plane_id, id })).toEqual([]);
    expect(edit(service('b'))).toMatchObject([{ take: [claim('b')], drop: [claim('a')] }]);
    expect(edit(null)).toMatchObject([{ data: { gateway_service: null }, take: [], drop: [claim('b')] }]);
    expect(edit(null)).toEqual([]);
  });
});

describe('EditProductVersion', () => {
  it('records only what changes, and takes no claim for it', () => {
    const begun = productWithVersion();
    const edit = { product_version_id: begun.version, name: 'v1.1', labels: null };
    const then = begun.send('EditProductVersion', edit);
    expect(then.events).toEqual([
      { type: 'product.version-edited.v1', data: { product_version_id: begun.version, name: 'v1.1' } },
    ]);
    expect(then.result).toMatchObject({ name: 'v1.1', created_at: later(2), updated_at: later(3) });
    expect(begun.send('EditProductVersion', edit).events).toEqual([]);
  });

  it('applies status and deprecation to all publications, and makes the missing ones', () => {
    const begun = productWithVersion([PLAIN, KEYED]);
    const { version: product_version_id } = begun;
    begun.send('PreparePublication', { product_version_id, portal_id: PLAIN, auto_approve_registration: true });
    const then = begun.send('EditProductVersion', { product_version_id, name: 'v2', publish_status: 'published' });
    expect(then.types).toEqual([
      'product.version-edited.v1',
      'product.version-published.v1',
      'product.version-published.v1',
    ]);
    expect(publicationOf(then.state, product_version_id, PLAIN)?.auto_approve_registration).toBe(true);
    expect(publicationOf(then.state, product_version_id, KEYED)?.auth_strategy_ids).toEqual([STRATEGY]);
    const deprecated = begun.send('EditProductVersion', { product_version_id, deprecated: true, notify: true });
    expect(deprecated.events.map(({ type, data }) => [type, (data as { notify: boolean }).notify])).toEqual([
      ['product.publication-changed.v1', true],
      ['product.publication-changed.v1', true],
    ]);
    const hidden = begun.send('EditProductVersion', { product_version_id, publish_status: 'unpublished' });
    expect(hidden.types).toEqual(['product.version-unpublished.v1', 'product.version-unpublished.v1']);
    expect(hidden.result).toMatchObject({ publish_status: 'unpublished', deprecated: true });
  });

  it('makes no publication to say that a version is unpublished or deprecated', () => {
    const begun = productWithVersion([PLAIN]);
    const { version: product_version_id } = begun;
    const hide = { product_version_id, publish_status: 'unpublished', deprecated: true };
    expect(begun.send('EditProductVersion', hide).events).toEqual([]);
  });
});

describe('RemoveProductVersion', () => {
  it('gives back its claims, and takes its publications and specification with it', () => {
    const begun = story();
    begun.send('CreateProduct', { name: 'Routing', portal_ids: [PLAIN] });
    const version = { name: 'v1', gateway_service: service('s'), publish_status: 'published' };
    const product_version_id = begun.made('AddProductVersion', version);
    begun.send('AddSpecification', {
      product_version_id,
      name: 'a.json',
      content_sha256: sha256('a'),
      operations_sha256: sha256('b'),
      size: 2,
    });
    const then = begun.send('RemoveProductVersion', { product_version_id, reason: 'Retired' });
    expect(then.events).toEqual([
      {
        type: 'product.version-removed.v1',
        data: { product_version_id, reason: 'Retired' },
        drop: [productVersionClaim(product_version_id), claim('s')],
      },
    ]);
    expect(then.state.versions).toEqual([]);
  });
});
