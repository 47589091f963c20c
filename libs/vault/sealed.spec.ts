import fc from 'fast-check';
import { contextOf, header, isSealed, parseSealed, toSealed } from './sealed.js';

const id = fc.oneof(fc.uuid(), fc.string({ unit: 'binary', maxLength: 60 }));
const place = fc.record({ developerId: id, eventId: id, field: fc.string({ unit: 'binary', maxLength: 60 }) });
const bytes = fc.uint8Array({ maxLength: 64 });

describe('the sealed string', () => {
  it('carries the person, the event and the field', () => {
    fc.assert(
      fc.property(place, bytes, (where, box) => {
        const head = header(where);
        const parsed = parseSealed(toSealed(head, box));
        expect(parsed).toEqual({ ...where, context: contextOf(head), box: Buffer.from(box) });
      }),
    );
  });

  it('gives different places different headers', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        expect(header(a).equals(header(b))).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
    const uuid = '0189abcd-0000-7000-8000-000000000000';
    const near = [
      { developerId: 'a', eventId: 'bc', field: 'd' },
      { developerId: 'ab', eventId: 'c', field: 'd' },
      { developerId: 'a', eventId: 'b', field: 'cd' },
      { developerId: uuid, eventId: 'a', field: 'd' },
      { developerId: 'a', eventId: uuid, field: 'd' },
      { developerId: uuid.toUpperCase(), eventId: 'a', field: 'd' },
      { developerId: uuid.replace('7', 'A'), eventId: 'a', field: 'd' },
    ].map((where) => header(where).toString('hex'));
    expect(new Set(near).size).toBe(near.length);
  });

  it('is compact: a name takes fewer than 140 characters', () => {
    const where = { developerId: crypto.randomUUID(), eventId: crypto.randomUUID(), field: 'full_name' };
    expect(toSealed(header(where), Buffer.alloc(12 + 'Ada Lovelace'.length + 16)).length).toBeLessThan(140);
  });

  it.each([
    ['another text', 'hello'],
    ['a later version', 'sealed:v2:AAAA'],
    ['nothing behind the prefix', 'sealed:v1:'],
    ['unknown flags', `sealed:v1:${Buffer.from([4, 1, 65, 1, 66, 1, 67]).toString('base64url')}`],
    ['a cut-off header', `sealed:v1:${Buffer.from([0, 1, 65, 9, 66]).toString('base64url')}`],
    ['a cut-off UUID', `sealed:v1:${Buffer.from([1, 1, 2, 3]).toString('base64url')}`],
    ['padding', 'sealed:v1:AAAA='],
    ['a loose last character', 'sealed:v1:AAB'],
    ['white space', 'sealed:v1:AA AA'],
  ])('is not %s', (_, text) => expect(parseSealed(text)).toBeUndefined());

  it('is told from other values by its prefix', () => {
    expect(isSealed('sealed:v1:AAAA')).toBe(true);
    for (const value of ['plain', '', null, undefined, 1, {}]) expect(isSealed(value)).toBe(false);
  });

  it('refuses ids and fields longer than 255 bytes', () => {
    expect(() => header({ developerId: 'x'.repeat(256), eventId: 'e', field: 'f' })).toThrow(/255 bytes/);
  });
});
