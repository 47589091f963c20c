import type { Context } from './context.js';
import { toProblem } from './problem.filter.js';
import { PersonForgotten } from '#vault/person-keys.js';

describe('a person who is forgotten while something is recorded for them', () => {
  const problem = (...errors: readonly number[]) =>
    toProblem(new PersonForgotten('erased'), { url: '/', context: { operation: { errors } } as unknown as Context });

  it('is a conflict, or not there where no conflict is declared', () => {
    expect(problem(400, 404, 409)).toMatchObject({ status: 409, code: 'person_forgotten' });
    expect(problem(400, 404)).toMatchObject({ status: 404, code: 'person_forgotten' });
    expect(toProblem(new PersonForgotten('erased'), { url: '/' })).toMatchObject({ status: 404 });
  });
});
