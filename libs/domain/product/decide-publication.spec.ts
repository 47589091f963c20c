import { describe, expect, it } from '@jest/globals';
import { portal } from '../portal/state.js';
import { portalCreated } from '../testing/events.js';
import { later, read } from '../testing/given.js';
import { isPublishedOn, publicationOf } from './state.js';
import {
  KEYED,
  NOWHERE,
  OTHER_STRATEGY,
  PLAIN,
  STRATEGY,
  WORLD,
  productWithVersion,
  story as storyOf,
} from './testing.js';

/** A product of one version, and commands on the publication of that version on a portal. */
function story(portalId = PLAIN) {
  const begun = productWithVersion();
  const target = { product_version_id: begun.version, portal_id: portalId };
  return { ...begun, on: (name: string, fields: object = {}) => begun.send(name, { ...target, ...fields }) };
}

const off = { application_registration_enabled: false, auto_approve_registration: false, deprecated: false };

describe('PublishProductVersion', () => {
  it('publishes, and lists the product where it was not', () => {
    const { on, version } = story();
    const then = on('PublishProductVersion');
    const id = publicationOf(then.state, version, PLAIN)?.id;
    expect(then.events).toEqual([
      { type: 'product.portals-changed.v1', data: { portal_ids: [PLAIN], reason: null } },
      {
        type: 'product.version-published.v1',
        data: {
          publication_id: id,
          portal_id: PLAIN,
          product_version_id: version,
          publish_status: 'published',
          auth_strategy_ids: [],
          ...off,
          notify: false,
        },
      },
    ]);
    expect(then.result).toEqual({
      id,
      product_version_id: version,
      publish_status: 'published',
      auth_strategies: [],
      ...off,
      created_at: later(3),
      updated_at: later(3),
    });
    expect([isPublishedOn(then.state, version, PLAIN), isPublishedOn(then.state, version, KEYED)]).toEqual([
      true,
      false,
    ]);
  });

  it("takes the portal's default strategy where none is named, and only at first", () => {
    const { on } = story(KEYED);
    expect(on('PublishProductVersion').result).toMatchObject({ auth_strategies: [{ id: STRATEGY }] });
    on('ChangePublication', { auth_strategy_ids: [] });
    expect(on('PublishProductVersion').events).toEqual([]);
    expect(on('PublishProductVersion', { auth_strategy_ids: [OTHER_STRATEGY] }).types).toEqual([
      'product.publication-changed.v1',
    ]);
  });

  it('keeps the publication and its settings when it is published again', () => {
    const { on } = story(KEYED);
    const first = on('PublishProductVersion', { application_registration_enabled: true });
    on('UnpublishProductVersion');
    const again = on('PublishProductVersion');
    expect(again.types).toEqual(['product.version-published.v1']);
    expect(again.result).toEqual({ ...first.result, updated_at: later(5) });
  });

  it('names as read what it decides on: the portal, and the strategy that it comes to', () => {
    const read = (fields: object) => story(KEYED).on('PublishProductVersion', fields).refusal?.refusal;
    expect(read({ auth_strategy_ids: [NOWHERE] })).toBe('publication_strategy_unknown');
    expect(read({ portal_id: NOWHERE })).toBe('portal_not_found');
    expect(read({ portal_id: PLAIN, application_registration_enabled: true })).toBe('registration_needs_strategy');
    expect(read({ application_registration_enabled: true, auth_strategy_ids: [] })).toBe('registration_needs_strategy');
    expect(read({ application_registration_enabled: true })).toBeUndefined();
  });

  it("is refused where the portal's default strategy is gone", () => {
    const lost = portalCreated({ default_application_auth_strategy_id: NOWHERE });
    const begun = storyOf({ ...WORLD, [`portal:${PLAIN}`]: read(portal, PLAIN, [lost]) });
    begun.send('CreateProduct', { name: 'Routing' });
    const product_version_id = begun.made('AddProductVersion', { name: 'v1' });
    const then = begun.send('PublishProductVersion', { product_version_id, portal_id: PLAIN });
    expect(then.refusal).toEqual({ refusal: 'publication_strategy_unknown', params: { id: NOWHERE } });
  });
});

describe('PreparePublication', () => {
  it('configures without publishing or listing', () => {
    const { on, version } = story(KEYED);
    const then = on('PreparePublication', { auto_approve_registration: true });
    expect(then.types).toEqual(['product.publication-changed.v1']);
    expect(then.result).toMatchObject({ publish_status: 'unpublished', auto_approve_registration: true });
    expect(then.state.portal_ids).toEqual([]);
    expect(isPublishedOn(then.state, version, KEYED)).toBe(false);
    expect(on('PreparePublication').events).toEqual([]);
  });

  it('unpublishes what was published', () => {
    const { on } = story();
    on('PublishProductVersion');
    expect(on('PreparePublication').types).toEqual(['product.version-unpublished.v1']);
  });
});

describe('ChangePublication', () => {
  it.each([
    ['nothing', {}, []],
    ['a setting', { auto_approve_registration: true }, ['product.publication-changed.v1']],
    ['the status', { publish_status: 'unpublished' }, ['product.version-unpublished.v1']],
    ['both', { publish_status: 'unpublished', deprecated: true }, ['product.version-unpublished.v1']],
    ['the status to what it is', { publish_status: 'published' }, []],
  ])('changes %s in one event at most', (_, fields, types) => {
    const { on } = story();
    on('PublishProductVersion');
    const then = on('ChangePublication', fields);
    expect(then.types).toEqual(types);
    expect(then.result).toMatchObject(fields);
  });

  it('publishes what was prepared', () => {
    const { on } = story();
    on('PreparePublication', { deprecated: true });
    const then = on('ChangePublication', { publish_status: 'published' });
    expect(then.types).toEqual(['product.portals-changed.v1', 'product.version-published.v1']);
    expect(then.result).toMatchObject({ deprecated: true, created_at: later(3), updated_at: later(4) });
  });

  it('does not list the product again for a setting', () => {
    const { on, send } = story();
    on('PublishProductVersion');
    send('UnpublishProduct', { portal_id: PLAIN });
    expect(on('ChangePublication', { deprecated: true }).types).toEqual(['product.publication-changed.v1']);
  });

  it('is refused where there is no publication, and for what may not be set', () => {
    const { on } = story();
    expect(on('ChangePublication', {}).refusal?.refusal).toBe('publication_not_found');
    on('PublishProductVersion');
    const refused = (fields: object) => on('ChangePublication', fields).refusal?.refusal;
    expect(refused({ application_registration_enabled: true })).toBe('registration_needs_strategy');
    expect(refused({ auth_strategy_ids: [NOWHERE] })).toBe('publication_strategy_unknown');
  });
});

describe('telling consumers', () => {
  const flip = { deprecated: true, notify_developers: true };
  const notified = (before: readonly (readonly [string, object])[], name: string, fields: object): boolean => {
    const { on } = story();
    before.forEach(([step, given]) => on(step, given));
    return on(name, fields).events.some(({ data }) => (data as { notify?: boolean }).notify === true);
  };
  const published = ['PublishProductVersion', {}] as const;

  it.each([
    [true, 'becomes deprecated', [published], 'ChangePublication', flip],
    [true, 'is published again as deprecated', [['PreparePublication', {}]], 'PublishProductVersion', flip],
    [false, 'becomes deprecated, and nobody asked', [published], 'ChangePublication', { deprecated: true }],
    [false, 'is new', [], 'PublishProductVersion', flip],
    [false, 'was deprecated', [['PublishProductVersion', flip]], 'ChangePublication', { ...flip, auto_approve_registration: true }], // prettier-ignore
    [false, 'is not published', [['PreparePublication', {}]], 'ChangePublication', flip],
    [false, 'is no longer deprecated', [['PublishProductVersion', flip]], 'ChangePublication', { deprecated: false, notify_developers: true }], // prettier-ignore
  ] as const)('%s when the version %s', (expected, _, before, name, fields) => {
    expect(notified(before, name, fields)).toBe(expected);
  });
});

describe('UnpublishProductVersion and RemovePublication', () => {
  it('hide the version with a reason, and do so once', () => {
    const { on, version } = story();
    on('PublishProductVersion');
    const then = on('UnpublishProductVersion', { reason: 'Broken' });
    expect(then.events).toMatchObject([{ data: { publish_status: 'unpublished', reason: 'Broken', notify: false } }]);
    expect(then.state.portal_ids).toEqual([PLAIN]);
    expect(publicationOf(then.state, version, PLAIN)?.publish_status).toBe('unpublished');
    expect(on('UnpublishProductVersion').events).toEqual([]);
  });

  it('remove the publication, and a later one is another', () => {
    const { on, version } = story();
    const first = on('PublishProductVersion').result as { id: string };
    const then = on('RemovePublication', { reason: 'Wrong portal' });
    expect(then.events[0]?.data).toEqual({
      publication_id: first.id,
      portal_id: PLAIN,
      product_version_id: version,
      reason: 'Wrong portal',
    });
    expect(publicationOf(then.state, version, PLAIN)).toBeUndefined();
    const second = on('PublishProductVersion').result as { id: string };
    expect(second.id).not.toBe(first.id);
  });

  it.each(['UnpublishProductVersion', 'RemovePublication'])('%s is refused where there is none', (name) => {
    const { on, version } = story();
    expect(on(name).refusal).toEqual({ refusal: 'publication_not_found', params: { version, portal: PLAIN } });
  });
});
