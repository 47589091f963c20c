import { queryTimeline, type TimelineFilter, type TimelinePage } from './timeline-query.js';
import { buildReads, type BuiltReads } from './views/testing-reads.js';
import { applicationMade, developerMade, keyMade, on, productMade, second } from './views/testing.js';
import { timeline } from './views/timeline.js';

const EVENTS = [
  developerMade('de1'),
  on(
    'developer-de1',
    'developer.approved.v1',
    { from: 'pending', reason: null },
    { actor_id: 'alice', command_id: 'c2' },
  ),
  applicationMade('ap1'),
  keyMade('cr1'),
  productMade('pr1'),
  developerMade('de2'),
];

describe('queryTimeline', () => {
  let reads: BuiltReads;
  beforeAll(async () => {
    reads = await buildReads([timeline], EVENTS);
  });
  afterAll(() => reads.close());

  const ids = async (filter: TimelineFilter = {}, page: Partial<TimelinePage> = {}) => {
    const docs = await queryTimeline(reads, filter, { limit: 10, ...page });
    return docs.map(({ id }) => Number(id));
  };

  it('gives every event once, in log order or newest first', async () => {
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await ids({}, { newestFirst: true })).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('goes on after a position, either way', async () => {
    expect(await ids({}, { after: 2n, limit: 2 })).toEqual([3, 4]);
    expect(await ids({}, { after: 4n, limit: 2, newestFirst: true })).toEqual([3, 2]);
    expect(await ids({}, { after: 6n })).toEqual([]);
  });

  it.each<[TimelineFilter, readonly number[]]>([
    [{ developer_id: 'de1' }, [1, 2, 3, 4]],
    [{ application_id: 'ap1' }, [3, 4]],
    [{ product_id: 'pr1' }, [5]],
    [{ entity_id: 'de2' }, [6]],
    [{ type: 'developer.registered.v1' }, [1, 6]],
    [{ actor_id: 'alice' }, [2]],
    [{ command_id: 'c2' }, [2]],
    [{ from: second(2), to: second(5) }, [2, 3, 4]],
    [{ developer_id: 'de1', from: second(3) }, [3, 4]],
    [{ developer_id: 'de1', product_id: 'pr1' }, []],
  ])('filters by %j', async (filter, expected) => {
    expect(await ids(filter)).toEqual(expected);
  });
});
