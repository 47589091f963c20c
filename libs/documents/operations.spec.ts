import { readOperations } from './operations.js';
import { parseSpecification } from './specification.js';

describe('readOperations', () => {
  const operation = { path: '/a', method: 'get', operation_id: null, tags: ['t'], summary: null, deprecated: false };

  it('reads the list that parseSpecification made', () => {
    const text = 'openapi: 3.1.0\ninfo: { title: A }\npaths: { /a: { get: { operationId: a, tags: [t] }, put: {} } }';
    const parsed = parseSpecification(text, { name: 'a.yaml' });
    if (!parsed.ok) throw new Error(parsed.problem.message);
    expect(parsed.operations).toHaveLength(2);
    expect(readOperations(JSON.stringify(parsed.operations))).toEqual(parsed.operations);
  });

  it.each([
    '# A',
    '{}',
    '[null]',
    '[{}]',
    ...[{ path: 1 }, { method: 'x' }, { summary: 1 }, { tags: [1] }, { deprecated: null }].map((wrong) =>
      JSON.stringify([{ ...operation, ...wrong }]),
    ),
  ])('takes nothing else: %s', (text) => {
    expect(readOperations(text)).toBeUndefined();
  });
});
