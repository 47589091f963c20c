import fc from 'fast-check';
import { filterOf, sortOf } from './filter.js';
import { checkpointFrom, storedCheckpoint, storedWrite, writeFrom, type StoredDocument } from './stored.js';

const hasInnerArray = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ((Array.isArray(value) && value.some(Array.isArray)) || Object.values(value).some(hasInnerArray));

describe('what a collection holds', () => {
  it('gives every document back, and has no array within an array', () => {
    const doc = fc
      .dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), fc.jsonValue())
      .map((fields) => ({ ...fields, id: 'a' }))
      // no view has such a field
      .filter((fields) => !JSON.stringify(fields).includes('"[]":'));
    fc.assert(
      fc.property(doc, fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (written, position) => {
        const stored = storedWrite({ id: 'a', position, doc: written });
        expect(hasInnerArray((stored as StoredDocument).doc)).toBe(false);
        expect(writeFrom(stored)).toEqual({ id: 'a', position, doc: written });
      }),
    );
  });

  it('shows pairs so that a person can read them', () => {
    const doc = { id: 'a', labels: [['team', 'sky']] };
    expect(storedWrite({ id: 'a', position: 1n, doc })).toEqual({
      _id: 'a',
      pos: 1n,
      doc: { id: 'a', labels: [{ '[]': ['team', 'sky'] }] },
    });
  });

  it('keeps a tombstone and a checkpoint apart from documents', () => {
    const tombstone = storedWrite({ id: 'a', position: 2n, doc: null });
    expect(tombstone).toEqual({ _id: 'a', pos: 2n, tombstone: 2n });
    expect(writeFrom(tombstone)).toEqual({ id: 'a', position: 2n, doc: null });
    const checkpoint = { logId: 'l', position: 3n, eventId: 'e' };
    expect(storedCheckpoint(checkpoint)).not.toHaveProperty('doc');
    expect(checkpointFrom(storedCheckpoint(checkpoint))).toEqual(checkpoint);
  });
});

describe('a filter', () => {
  const patternOf = (value: string): string => {
    const { $and } = filterOf([{ field: 'name', op: 'contains', value }]) as {
      $and: { 'doc.name': { $regex: string } }[];
    };
    return $and[1]!['doc.name'].$regex;
  };

  it('looks for exactly the given text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, sought) => {
        expect(patternOf(sought)).not.toContain('\0');
        expect(new RegExp(patternOf(sought), 'u').test(text)).toBe(text.includes(sought));
        expect(new RegExp(patternOf(sought), 'u').test(`${text}${sought}${text}`)).toBe(true);
      }),
    );
  });

  it('sorts by id last, in the direction of the last field', () => {
    expect(Object.entries(sortOf([{ field: 'size', descending: true }]))).toEqual([
      ['doc.size', -1],
      ['_id', -1],
    ]);
    expect(sortOf()).toEqual({ _id: 1 });
  });
});
