import { duplicatesIn, retryDuplicate, translating } from './errors.js';

/** As the driver throws it. */
const mongoError = (fields: object): Error =>
  Object.assign(new Error('E11000 dup key: { _id: "personal" }'), { name: 'MongoBulkWriteError', ...fields });

const result = (writeConcernError?: object) => ({ getWriteConcernError: () => writeConcernError });

describe('errors of the driver', () => {
  it('are told by their code, since a message may quote stored values', async () => {
    const fails = translating(
      { read: () => Promise.reject(mongoError({ code: 11000, codeName: 'DuplicateKey' })) },
      (description) => new RangeError(description),
    );
    await expect(fails.read()).rejects.toThrow(new RangeError('MongoBulkWriteError DuplicateKey'));
  });

  it('include those of a broken socket', async () => {
    const broken = Object.assign(new Error('This socket has been ended by the other party'), { code: 'EPIPE' });
    const fails = translating({ read: () => Promise.reject(broken) }, (description) => new RangeError(description));
    await expect(fails.read()).rejects.toThrow(new RangeError('Error EPIPE'));
  });

  it('are told apart from our own, which pass', async () => {
    const own = new TypeError('field name');
    const fails = translating({ read: () => Promise.reject(own) }, (description) => new RangeError(description));
    await expect(fails.read()).rejects.toBe(own);
  });

  it('say which operations of a bulk write were duplicates, if that is all', () => {
    const duplicate = (index: number) => ({ code: 11000, index });
    expect(duplicatesIn(mongoError({ writeErrors: [duplicate(3), duplicate(1)], result: result() }))).toEqual([3, 1]);
    expect(duplicatesIn(mongoError({ writeErrors: duplicate(2), result: result() }))).toEqual([2]);
    for (const more of [
      { writeErrors: [duplicate(3), { code: 50, index: 4 }], result: result() },
      { writeErrors: [duplicate(3)], result: result({ code: 64 }) },
      { writeErrors: [], result: result() },
      {},
    ]) {
      const error = mongoError(more);
      expect(() => duplicatesIn(error)).toThrow(error);
    }
  });

  it('make an upsert that lost a race go again, and nothing else', async () => {
    const outcomes = [mongoError({ code: 11000 }), mongoError({ code: 11000 }), 'written'];
    const upsert = async () => {
      const outcome = outcomes.shift();
      if (outcome instanceof Error) throw outcome;
      return outcome;
    };
    expect(await retryDuplicate(upsert)).toBe('written');
    outcomes.push(mongoError({ code: 50 }), 'never');
    await expect(retryDuplicate(upsert)).rejects.toThrow('E11000');
    expect(outcomes).toEqual(['never']);
  });
});
