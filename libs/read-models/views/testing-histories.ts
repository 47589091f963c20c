/** For property tests of the views: random histories. */
import fc from 'fast-check';
import type { EventNotation } from '../testing.js';
import * as t from './testing.js';

const two = (a: string, b: string) => fc.constantFrom(a, b);
const app = two('ap1', 'ap2');
const dev = two('de1', 'de2');
const prod = two('pr1', 'pr2');
const ver = two('ve1', 've2');
const doc = two('do1', 'do2');
const reg = two('re1', 're2');
const cred = two('cr1', 'cr2');
const por = two('po1', 'po2');
const tea = two('te1', 'te2');
const name = fc.constantFrom('Rain', 'Wind', 'Rain and wind');
const status = fc.constantFrom('published', 'unpublished');
const reason = null;

/** Any event, whether or not a decision would lead to it. */
const anyEvent: fc.Arbitrary<EventNotation> = fc.oneof(
  fc.tuple(por, name).map(([id, n]) => t.portalMade(id, n)),
  fc.tuple(por, name).map(([id, n]) => t.on(`portal-${id}`, 'portal.settings-changed.v1', { name: n })),
  por.map((id) => t.on(`portal-${id}`, 'portal.deleted.v1', { forced: true, reason })),
  name.map((n) => t.strategyMade('st1', n)),
  fc.constant(t.on('authStrategy-st1', 'auth-strategy.deleted.v1', { reason })),
  fc.tuple(dev, por).map(([id, p]) => t.developerMade(id, p)),
  dev.map((id) => t.on(`developer-${id}`, 'developer.approved.v1', { from: 'pending', reason })),
  dev.map((id) => t.on(`developer-${id}`, 'developer.removed.v1', { reason })),
  fc.tuple(app, dev, name).map(([id, developer_id, n]) => t.applicationMade(id, { developer_id, name: n })),
  fc.tuple(app, name).map(([id, n]) => t.on(`application-${id}`, 'application.edited.v1', { name: n })),
  app.map((id) => t.on(`application-${id}`, 'application.deleted.v1', { reason })),
  // a registration and a credential belong to one application, as ids do
  fc
    .tuple(app, reg, prod, ver)
    .map(([a, r, product_id, product_version_id]) =>
      t.requested(`${r}-${a}`, { product_id, product_version_id: `${product_version_id}-${product_id}` }, a),
    ),
  fc
    .tuple(app, reg, fc.constantFrom('approved', 'revoked', 'withdrawn'))
    .map(([a, r, to]) => t.accessDecided(to as 'approved', `${r}-${a}`, 'pending', a)),
  fc.tuple(app, cred).map(([a, c]) => t.keyMade(`${c}-${a}`, {}, a)),
  fc
    .tuple(app, cred)
    .map(([a, c]) =>
      t.on(`application-${a}`, 'application.credential-revoked.v1', { credential_id: `${c}-${a}`, reason }),
    ),
  fc.tuple(tea, name, por).map(([id, n, p]) => t.teamMade(id, n, p)),
  fc.tuple(tea, name).map(([id, n]) => t.on(`team-${id}`, 'team.edited.v1', { name: n })),
  tea.map((id) => t.on(`team-${id}`, 'team.deleted.v1', { reason })),
  // a role belongs to one team, as ids do
  fc.tuple(tea, two('ro1', 'ro2'), prod).map(([id, r, p]) => t.roleGiven(`${r}-${id}`, p, id)),
  fc.tuple(tea, two('ro1', 'ro2'), prod).map(([id, r, p]) => t.roleTaken(`${r}-${id}`, p, id)),
  fc.tuple(tea, dev).map(([id, d]) => t.joined(id, d)),
  fc.tuple(tea, dev).map(([id, d]) => t.left(id, d)),
  por.map((id) =>
    t.on(`portal-${id}`, 'portal.team-groups-mapped.v1', { mappings: [{ team_id: 'te1', groups: ['g'] }] }),
  ),
  fc.tuple(prod, name).map(([id, n]) => t.productMade(id, { name: n })),
  fc.tuple(prod, name).map(([id, n]) => t.on(`product-${id}`, 'product.edited.v1', { name: n })),
  prod.map((id) => t.on(`product-${id}`, 'product.deleted.v1', { reason })),
  fc.tuple(prod, fc.uniqueArray(por)).map(([id, ids]) => t.listedOn(ids, id)),
  fc.tuple(prod, ver, name).map(([p, v, n]) => t.versionMade(`${v}-${p}`, n, p)),
  fc
    .tuple(prod, ver)
    .map(([p, v]) => t.on(`product-${p}`, 'product.version-removed.v1', { product_version_id: `${v}-${p}`, reason })),
  fc.tuple(prod, ver).map(([p, v]) => t.specificationMade({}, `${v}-${p}`, p)),
  fc
    .tuple(prod, ver, por, status)
    .map(([p, v, portal, publish_status]) =>
      t.publishedOn(portal, `${v}-${p}`, { publish_status: publish_status as 'published' }, p),
    ),
  fc.tuple(prod, doc, status).map(([p, d, s]) => t.documentMade(`${d}-${p}`, { status: s as 'published' }, p)),
  fc
    .tuple(prod, doc, status)
    .map(([p, d, s]) =>
      t.on(`product-${p}`, 'product.document-edited.v1', { document_id: `${d}-${p}`, status: s as 'published' }),
    ),
  fc
    .tuple(prod, doc)
    .map(([p, d]) => t.on(`product-${p}`, 'product.document-removed.v1', { document_id: `${d}-${p}` })),
);

const BEGINS = /\.(created|registered)\.v1$/;
const ENDS = /^(portal|auth-strategy|application|product|team)\.deleted\.v1$|^developer\.removed\.v1$/;

/** What every stream has in common: it begins once, at its beginning, and nothing follows its end. */
function whole(events: readonly EventNotation[]): readonly EventNotation[] {
  const phase = new Map<string, 'alive' | 'over'>();
  return events.filter(([stream, type]) => {
    const begins = BEGINS.test(type);
    if (begins === phase.has(stream) || phase.get(stream) === 'over') return false;
    phase.set(stream, ENDS.test(type) ? 'over' : 'alive');
    return true;
  });
}

/** Some of these, in this order, and then anything. */
const beginnings = [
  t.portalMade('po1'),
  t.portalMade('po2'),
  t.strategyMade('st1'),
  t.developerMade('de1'),
  t.developerMade('de2'),
  t.teamMade('te1'),
  t.joined('te1', 'de1'),
  t.productMade('pr1'),
  t.listedOn(['po1', 'po2'], 'pr1'),
  t.versionMade('ve1-pr1', 'v1', 'pr1'),
  t.publishedOn('po1', 've1-pr1', {}, 'pr1'),
  t.documentMade('do1-pr1', { status: 'unpublished' }, 'pr1'),
  t.productMade('pr2'),
  t.applicationMade('ap1'),
  t.requested('re1-ap1', { product_version_id: 've1-pr1' }, 'ap1'),
  t.keyMade('cr1-ap1', {}, 'ap1'),
  t.applicationMade('ap2', { name: 'Rain', developer_id: 'de2' }),
];

/** Any history that streams allow, with every kind of event that a view has a rule for. */
export const histories: fc.Arbitrary<readonly EventNotation[]> = fc
  .tuple(fc.subarray(beginnings, { minLength: beginnings.length - 4 }), fc.array(anyEvent, { maxLength: 30 }))
  .map((parts) => whole(parts.flat()));

const operations = JSON.stringify([
  { path: '/rain', method: 'get', operation_id: null, tags: [], summary: 'Wind', deprecated: false },
]);
/** What the events of a history name. */
export const blob = async (sha256: string): Promise<Uint8Array> =>
  new TextEncoder().encode(sha256 === 'operations' ? operations : '# Rain\n\nand wind');
