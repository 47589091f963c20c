import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { productVersionClaim } from '../core/claims.js';
import type { Claim } from '../core/claims.js';
import type { NewEvent } from '../core/decider.js';
import { fold } from '../core/fold.js';
import { testId } from '../testing/given.js';
import type { Then } from '../testing/given.js';
import { productEvents } from './events.js';
import { productEntries } from './entries.js';
import { productRefusals } from './refusals.js';
import { documentOf, product } from './state.js';
import type { ProductState } from './state.js';
import { KEYED, NOWHERE, OTHER_STRATEGY, PLAIN, STRATEGY, productWithVersion, sha256, story } from './testing.js';

/** A command whose references to versions, documents and specifications are numbers: the nth there is at that moment. */
interface Step {
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly nth: number;
  readonly parent: number | null | undefined;
}

const status = fc.constantFrom('published', 'unpublished');
const portalId = fc.constantFrom(PLAIN, KEYED, NOWHERE);
const hash = fc.constantFrom(sha256('a'), sha256('b'));
const service = fc.constantFrom('s1', 's2').map((name) => ({ id: testId(name), control_plane_id: testId('plane') }));
const some = <T extends Record<string, fc.Arbitrary<unknown>>>(fields: T) => fc.record(fields, { requiredKeys: [] });
const settings = {
  auth_strategy_ids: fc.subarray([STRATEGY, OTHER_STRATEGY, NOWHERE], { maxLength: 1 }),
  application_registration_enabled: fc.boolean(),
  auto_approve_registration: fc.boolean(),
  deprecated: fc.boolean(),
};
const onPortal = (more: Record<string, fc.Arbitrary<unknown>>) =>
  fc.tuple(portalId, some(more)).map(([portal_id, rest]) => ({ portal_id, ...rest }));
const slug = fc.constantFrom('a', 'b', 'c', 'd');

const FIELDS: Readonly<Record<string, fc.Arbitrary<object>>> = {
  EditProduct: some({ name: fc.constantFrom('A', 'B'), portal_ids: fc.subarray([PLAIN, KEYED]) }),
  PublishProduct: onPortal({}),
  UnpublishProduct: onPortal({}),
  AddProductVersion: some({ gateway_service: service, publish_status: status, deprecated: fc.boolean() }).map(
    (fields) => ({ name: 'v', ...fields }),
  ),
  EditProductVersion: some({
    gateway_service: fc.option(service),
    publish_status: status,
    deprecated: fc.boolean(),
    notify: fc.boolean(),
  }),
  RemoveProductVersion: fc.constant({}),
  AddSpecification: hash.map((content_sha256) => ({
    name: 'a.json',
    content_sha256,
    operations_sha256: content_sha256,
    size: 1,
  })),
  EditSpecification: some({ name: fc.constantFrom('a.json', 'b.yaml', 'c.yml') }),
  RemoveSpecification: fc.constant({}),
  AddDocument: fc.record({ slug, title: slug, status, content_sha256: hash, size: fc.constant(1) }),
  EditDocument: some({ slug, status }),
  RemoveDocument: fc.constant({}),
  PublishProductVersion: onPortal({ ...settings, notify_developers: fc.boolean() }),
  PreparePublication: onPortal(settings),
  ChangePublication: onPortal({ ...settings, publish_status: status }),
  UnpublishProductVersion: onPortal({}),
  RemovePublication: onPortal({}),
};

const step: fc.Arbitrary<Step> = fc.constantFrom(...Object.keys(FIELDS)).chain((name) =>
  fc.record({
    name: fc.constant(name),
    fields: FIELDS[name] as fc.Arbitrary<Step['fields']>,
    nth: fc.nat(4),
    parent: fc.option(fc.option(fc.nat(4)), { nil: undefined }),
  }),
);

/** The step as a command on what there is; an id that nothing has where there is nothing to name. */
function commandFor({ name, fields, nth, parent }: Step, state: ProductState): object {
  const version = state.versions[nth % (state.versions.length || 1)];
  const document = (n: number) => state.documents[n % (state.documents.length || 1)]?.id ?? NOWHERE;
  const isOfVersion = /Version$|Specification$|Publication$/.test(name) && name !== 'AddProductVersion';
  return {
    ...fields,
    ...(isOfVersion && { product_version_id: version?.id ?? NOWHERE }),
    ...(/^(Edit|Remove)Specification$/.test(name) && { specification_id: version?.specification?.id ?? NOWHERE }),
    ...(/^(Edit|Remove)Document$/.test(name) && { document_id: document(nth) }),
    ...(/^(Add|Edit)Document$/.test(name) &&
      parent !== undefined && { parent_document_id: parent === null ? null : document(parent) }),
  };
}

const unique = (values: readonly unknown[]) => new Set(values).size === values.length;

/** What is wrong with a state: empty where every invariant holds. */
function broken(state: ProductState): string[] {
  const { versions, documents } = state;
  const publications = versions.flatMap((version) => version.publications);
  const services = versions.flatMap(({ gateway_service }) => (gateway_service ? [gateway_service.id] : []));
  const endless = documents.filter((document) => {
    let steps = 0;
    for (let id = document.parent_document_id; id !== null; id = documentOf(state, id)?.parent_document_id ?? null) {
      if (++steps > documents.length) return true;
    }
    return false;
  });
  const checks: Record<string, boolean> = {
    'slugs are unique': unique(documents.map((document) => document.slug)),
    'parents exist': documents.every(({ parent_document_id: id }) => id === null || documentOf(state, id)),
    'following parents ends': endless.length === 0,
    'ids are unique': unique([...versions, ...documents, ...publications].map(({ id }) => id)),
    'portals are listed once': unique(state.portal_ids),
    'one publication per portal': versions.every((version) => unique(version.publications.map((p) => p.portal_id))),
    'registration has a strategy': publications.every(
      (p) => !p.application_registration_enabled || p.auth_strategy_ids.length === 1,
    ),
    'nothing refers to nowhere': !JSON.stringify(state).includes(NOWHERE),
    'gateway services implement one version': unique(services),
  };
  return Object.keys(checks).filter((name) => !checks[name]);
}

/** The claims held after the events, as the store keeps them; taking one twice is a mistake of the decider. */
function holding(held: ReadonlySet<string>, events: readonly NewEvent[]): ReadonlySet<string> {
  const next = new Set(held);
  for (const { take = [], drop = [] } of events) {
    if (drop === 'all') next.clear();
    else drop.forEach((claim) => expect(next.delete(JSON.stringify(claim))).toBe(true));
    take.forEach((claim) => {
      expect(next.has(JSON.stringify(claim))).toBe(false);
      next.add(JSON.stringify(claim));
    });
  }
  return next;
}

const claimsOf = ({ versions }: ProductState): Claim[] =>
  versions.flatMap(({ id, gateway_service: link }) => [
    productVersionClaim(id),
    ...(link ? [{ kind: 'gateway-service' as const, scope: link.control_plane_id, value: link.id }] : []),
  ]);

/** What the stream held before the decision. */
const claimsBefore = ({ past, events }: Then<ProductState>): ReadonlySet<string> =>
  new Set(claimsOf(fold(product, past.slice(0, past.length - events.length))).map((claim) => JSON.stringify(claim)));

/** Runs the steps one after the other, each on the state that the former left. */
function run(steps: readonly Step[], look: (then: Then<ProductState>, step: Step) => void) {
  const begun = productWithVersion([PLAIN]);
  let { state } = begun.send('AddSpecification', {
    product_version_id: begun.version,
    name: 'a.json',
    content_sha256: sha256('a'),
    operations_sha256: sha256('a'),
    size: 1,
  });
  for (const next of steps) {
    const then = begun.send(next.name, commandFor(next, state));
    look(then, next);
    state = then.state;
  }
}

describe('any sequence of commands', () => {
  it('knows every command', () => {
    const left = ['CreateProduct', 'DeleteProduct'];
    expect([...Object.keys(FIELDS), ...left].sort()).toEqual(Object.keys(productEntries).sort());
  });

  it('keeps the invariants, the claims in step with the state, and folds to the same state again', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        let held: ReadonlySet<string> | undefined;
        run(steps, (then) => {
          seen.add(then.refusal?.refusal ?? '');
          then.types.forEach((type) => seen.add(type));
          held = holding(held ?? claimsBefore(then), then.events);
          expect(broken(then.state)).toEqual([]);
          expect([...held].sort()).toEqual(claimsOf(then.state).map((claim) => JSON.stringify(claim)).sort()); // prettier-ignore
          expect(fold(product, then.past)).toEqual(then.state);
        });
      }),
      { numRuns: 300 },
    );
    const ends = ['product.created.v1', 'product.deleted.v1'];
    expect(Object.keys(productEvents).filter((type) => !seen.has(type) && !ends.includes(type))).toEqual([]);
    expect([...seen]).toEqual(
      expect.arrayContaining(['document_slug_taken', 'gateway_service_taken', 'document_parent_below']),
    );
  });

  it('writes declared fields only, none of them undefined, and refuses with declared codes only', () => {
    const codes = [...Object.keys(productRefusals), 'portal_not_found'];
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
        run(steps, ({ events, refusal }) => {
          if (refusal) expect(codes).toContain(refusal.refusal);
          for (const { type, data } of events) {
            expect(Object.keys(productEvents[type as keyof typeof productEvents].fields)).toEqual(
              expect.arrayContaining(Object.keys(data)),
            );
            expect(Object.values(data)).not.toContain(undefined);
          }
        });
      }),
      { numRuns: 100 },
    );
  });

  it('says unchanged when an edit is repeated', () => {
    const repeatable = /^(Edit|Publish|Unpublish|Prepare|Change)/;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), step, (steps, last) => {
        fc.pre(repeatable.test(last.name));
        const begun = story();
        let { state } = begun.send('CreateProduct', { name: 'Routing' });
        for (const next of steps) ({ state } = begun.send(next.name, commandFor(next, state)));
        const command = commandFor(last, state);
        const first = begun.send(last.name, command);
        const second = begun.send(last.name, command);
        expect(second.refusal).toEqual(first.refusal);
        expect(second.events).toEqual([]);
        expect(second.result).toEqual(first.result);
      }),
      { numRuns: 300 },
    );
  });
});

it('ignores the events of others', () => {
  const { state } = story().send('CreateProduct', { name: 'Routing' });
  for (const type of ['portal.created.v1', 'constructor', 'toString', 'product.created.v2']) {
    expect(product.evolve(state, { type, data: { name: 'X' }, at: '' })).toBe(state);
  }
});
