import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical.js';
import type { StoredEvent } from './port.js';
import { isTechnical } from './technical.js';

/** What is hashed of an event: what it says, who it is and where it stands in its stream. Not its position: that is the engine's. */
type Hashed = Pick<StoredEvent, 'id' | 'stream' | 'revision' | 'type' | 'data' | 'metadata'>;

export interface LogDigest {
  /** The next event in log order; technical ones are passed over. */
  add(event: Hashed): void;
  /** Domain events so far. */
  readonly count: number;
  /** Lower-case hex; of the events so far. */
  root(): string;
}

/**
 * The root of the Merkle tree over a log's domain events in log order (RFC 9162, section 2.1.1, with SHA-256). A leaf is the
 * RFC 8785 text of {data, id, metadata, revision, stream, type}. Equal logs have equal roots on every engine.
 */
export function logDigest(): LogDigest {
  return merkleTree((event: Hashed) => {
    if (isTechnical(event)) return undefined;
    const { data, id, metadata, revision, stream, type } = event;
    return canonicalJson({ data, id, metadata, revision, stream, type }, 'event');
  });
}

/** A tree that grows at its right edge: it remembers the roots of its complete subtrees, of which there are few. */
export function merkleTree<T>(textOf: (leaf: T) => string | Uint8Array | undefined) {
  const edge: { readonly size: number; readonly hash: Buffer }[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(leaf: T): void {
      const text = textOf(leaf);
      if (text === undefined) return;
      count += 1;
      let size = 1;
      let hash = sha256(LEAF, text);
      for (let left = edge.at(-1); left?.size === size; left = edge.at(-1)) {
        edge.pop();
        hash = sha256(NODE, left.hash, hash);
        size *= 2;
      }
      edge.push({ size, hash });
    },
    root(): string {
      const hashes = edge.map(({ hash }) => hash);
      const root = hashes.reduceRight<Buffer | undefined>(
        (right, left) => (right ? sha256(NODE, left, right) : left),
        undefined,
      );
      return (root ?? sha256()).toString('hex');
    },
  };
}

/** They keep a leaf from being taken for a node. */
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

function sha256(...parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
