import { logDigest, merkleTree } from './digest.js';
import type { StoredEvent } from './port.js';
import { FENCE } from './technical.js';

/** Leaves and roots that implementations of Certificate Transparency are tested with. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

it('the Merkle tree has the roots of RFC 9162 at every size', () => {
  const tree = merkleTree((hex: string) => Buffer.from(hex, 'hex'));
  const roots = [tree.root()];
  for (const leaf of LEAVES) {
    tree.add(leaf);
    roots.push(tree.root());
  }
  expect(roots).toEqual(ROOTS);
});

describe('the digest of a log', () => {
  const event = (change: Partial<StoredEvent> = {}): StoredEvent => ({
    ...{ id: '018f0000-0000-7000-8000-000000000001', position: 7n, stream: 'application-a', revision: 0 },
    ...{ type: 'application.created.v1', data: { name: 'one', labels: [['10', 'a']] }, metadata: { actor: 'admin' } },
    ...change,
  });
  const of = (...events: StoredEvent[]) => {
    const digest = logDigest();
    for (const each of events) digest.add(each);
    return { count: digest.count, root: digest.root() };
  };

  it('is the same wherever the events are, in whatever order their fields come', () => {
    const moved = event({ position: 123_456n, data: { labels: [['10', 'a']], name: 'one' } });
    expect(of(moved)).toEqual(of(event()));
    expect(of(event()).count).toBe(1);
  });

  it('passes over technical events, but not over the revisions that they take', () => {
    const fence = event({ type: FENCE, data: {}, metadata: {} });
    expect(of(fence, event({ revision: 1 }))).toEqual(of(event({ revision: 1 })));
    expect(of(event({ revision: 1 })).root).not.toBe(of(event()).root);
  });

  it.each<Partial<StoredEvent>>([
    { id: '018f0000-0000-7000-8000-000000000002' },
    { stream: 'application-b' },
    { revision: 1 },
    { type: 'application.created.v2' },
    { data: { name: 'two', labels: [['10', 'a']] } },
    { metadata: { actor: 'Admin' } },
  ])('is another one if an event differs in %j', (change) => {
    expect(of(event(change)).root).not.toBe(of(event()).root);
  });

  it('is another one if the order differs', () => {
    const other = event({ id: '018f0000-0000-7000-8000-000000000002', revision: 1 });
    expect(of(event(), other).root).not.toBe(of(other, event()).root);
  });
});
