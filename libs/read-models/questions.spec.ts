import type { Questions } from '#command-handling/references.js';
import { StoreUnavailable } from '#event-store/port.js';
import { createQuestions } from './questions.js';
import { allViews } from './views/index.js';
import { buildReads, type BuiltReads } from './views/testing-reads.js';
import {
  applicationMade,
  developerMade,
  listedOn,
  on,
  portalMade,
  productMade,
  publishedOn,
  strategyMade,
  versionMade,
} from './views/testing.js';

const EVENTS = [
  portalMade('po1'),
  portalMade('po2'),
  strategyMade('st1'),
  on('portal-po2', 'portal.settings-changed.v1', { default_application_auth_strategy_id: 'st1' }),
  developerMade('de1', 'po1'),
  developerMade('de2', 'po1'),
  developerMade('de3', 'po2'),
  on('developer-de2', 'developer.removed.v1', { reason: null }),
  applicationMade('ap1', { developer_id: 'de1' }),
  applicationMade('ap2', { developer_id: 'de1' }),
  applicationMade('ap3', { developer_id: 'de3' }),
  on('application-ap2', 'application.deleted.v1', { reason: null }),
  productMade('pr1'),
  listedOn(['po1']),
  versionMade('ve1'),
  versionMade('ve2'),
  versionMade('ve3'),
  publishedOn('po1', 've1'),
  publishedOn('po1', 've2', { application_registration_enabled: false, auth_strategy_ids: [] }),
  publishedOn('po1', 've3', { publish_status: 'unpublished' }),
  publishedOn('po2', 've1'),
];

describe('questions', () => {
  let reads: BuiltReads;
  beforeAll(async () => {
    reads = await buildReads(allViews, EVENTS);
  });
  afterAll(() => reads.close());

  const head = async () => 21n;
  const ask = (): Questions => createQuestions({ reads, waitFor: async () => true, head });

  it.each([
    ['applications-of-developer', 'de1', 1],
    ['applications-of-developer', 'nobody', 0],
    ['applications-with-strategy', 'st1', 2],
    ['publications-with-strategy', 'st1', 3],
    ['portals-with-default-strategy', 'st1', 1],
    ['developers-of-portal', 'po1', 1],
    ['registrable-versions-of-portal', 'po1', 1],
    // published and open there, but the portal does not list the product
    ['registrable-versions-of-portal', 'po2', 0],
  ] as const)('%s of %s: %i', async (question, id, value) => {
    expect(await ask().answer(question, id)).toEqual({ value, position: 21n });
  });

  it('waits for the needed view only, up to the head at the moment of asking', async () => {
    const waits: unknown[] = [];
    const waitFor = async (...args: unknown[]) => waits.push(args) > 0;
    await createQuestions({ reads, waitFor, head, timeoutMs: 7 }).answer('developers-of-portal', 'po1');
    expect(waits).toEqual([[21n, 7, ['developers']]]);
  });

  it('does not answer from a view that is behind', async () => {
    const behind = createQuestions({ reads, waitFor: async () => false, head });
    await expect(behind.answer('developers-of-portal', 'po1')).rejects.toThrow(StoreUnavailable);
  });
});
