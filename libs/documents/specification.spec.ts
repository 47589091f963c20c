import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSpecification, type SpecificationResult } from './specification.js';

const file = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url)), 'utf8');
const parse = (specification: object): SpecificationResult =>
  parseSpecification(JSON.stringify(specification), { name: 'api.json' });
const openapi = (paths: object, more: object = {}): object => ({
  openapi: '3.1.0',
  info: { title: 'A' },
  paths,
  ...more,
});
const listing = (result: SpecificationResult): readonly string[] =>
  result.ok ? result.operations.map(({ method, path }) => `${method} ${path}`) : [result.problem.code];

describe('parseSpecification', () => {
  it('lists what the portal API shows of an operation', () => {
    const get = { operationId: 'listPets', tags: ['pets'], summary: 'All pets', deprecated: true, responses: {} };
    expect(
      parse(openapi({ '/pets': { parameters: [], get, post: {}, 'x-note': {} }, 'x-more': 1, '/empty': {} })),
    ).toEqual({
      ok: true,
      version: '3.1.0',
      title: 'A',
      operations: [
        {
          path: '/pets',
          method: 'get',
          operation_id: 'listPets',
          tags: ['pets'],
          summary: 'All pets',
          deprecated: true,
        },
        { path: '/pets', method: 'post', operation_id: null, tags: [], summary: null, deprecated: false },
      ],
    });
  });

  it.each([
    ['@figma/rest-api-spec/openapi/openapi.yaml', '3.1.0', 54],
    ['@scalar/galaxy/dist/3.1.yaml', '3.1.1', 10],
    ['@kong/sdk-portal-js/openapi.yaml', '3.0.3', 43],
  ])('reads %s', (path, version, count) => {
    const result = parseSpecification(file(path), { name: path });
    expect(result).toMatchObject({ ok: true, version });
    expect(listing(result)).toHaveLength(count);
  });

  it('reads the same from JSON and YAML', () => {
    const [json, yaml] = ['3.1.json', '3.1.yaml'].map((name) =>
      parseSpecification(file(`@scalar/galaxy/dist/${name}`), { name }),
    );
    expect(json).toEqual(yaml);
  });

  it.each(['2.0', '3.0.0', '3.0.4', '3.1.0', '3.1.0-rc1'])('takes version %s', (version) => {
    const field = version === '2.0' ? 'swagger' : 'openapi';
    expect(parse({ [field]: version, info: { title: 'A' }, paths: { '/a': { get: {} } } })).toMatchObject({
      ok: true,
      version,
    });
  });

  it.each<[string, object, object]>([
    ['a list', [], { code: 'not_openapi', pointer: '' }],
    ['no version', { info: { title: 'A' }, paths: {} }, { code: 'not_openapi' }],
    ['a number as version', { openapi: 3.1 }, { code: 'not_openapi', pointer: '/openapi' }],
    ['version 1.2', { swagger: '1.2' }, { code: 'unsupported_version', pointer: '/swagger' }],
    ['version 4', { openapi: '4.0.0' }, { code: 'unsupported_version', pointer: '/openapi' }],
    ['an inherited version', JSON.parse('{"__proto__":{"openapi":"3.1.0"}}') as object, { code: 'not_openapi' }],
    ['no title', { openapi: '3.0.0', info: {}, paths: {} }, { code: 'not_openapi', pointer: '/info/title' }],
    ['no paths', { openapi: '3.0.0', info: { title: 'A' } }, { code: 'not_openapi', pointer: '/paths' }],
    ['a text as path item', openapi({ '/a/b': 'x' }), { code: 'not_openapi', pointer: '/paths/~1a~1b' }],
    ['a list as operation', openapi({ '/a': { get: [] } }), { code: 'not_openapi', pointer: '/paths/~1a/get' }],
  ])('refuses %s and says where', (_, specification, problem) => {
    expect(parse(specification)).toMatchObject({ ok: false, problem });
  });

  it('needs no paths in 3.1', () => {
    expect(listing(parse({ openapi: '3.1.0', info: { title: 'A' }, webhooks: {} }))).toEqual([]);
  });

  describe('references of path items', () => {
    it('follows them within the document, fields beside them winning', () => {
      const components = { pathItems: { shared: { get: { summary: 'shared' }, put: { summary: 'shared' } } } };
      const paths = {
        '/a/{id}': { $ref: '#/components/pathItems/shared', put: { summary: 'own' } },
        '/b': { $ref: '#/paths/~1a~1%7Bid%7D' },
      };
      const result = parse(openapi(paths, { components }));
      expect(listing(result)).toEqual(['get /a/{id}', 'put /a/{id}', 'get /b', 'put /b']);
      expect(result.ok && result.operations.map(({ summary }) => summary)).toEqual(['shared', 'own', 'shared', 'own']);
    });

    it('leaves other documents alone', () => {
      expect(listing(parse(openapi({ '/a': { $ref: 'https://example.com/a.yaml#/x', get: {} } })))).toEqual(['get /a']);
    });

    it.each([
      ['itself', { '/a': { $ref: '#/paths/~1a' } }],
      ['each other', { '/a': { $ref: '#/paths/~1b' }, '/b': { $ref: '#/paths/~1a' } }],
      [
        'one after the other without end',
        Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`/${i}`, { $ref: `#/paths/~1${i + 1}` }])),
      ],
    ])('refuses those that lead to %s', (_, paths) => {
      expect(listing(parse(openapi(paths)))).toEqual(['cyclic_ref']);
    });

    it.each(['#/paths/~1nowhere', '#/paths/~1a/toString', '#/%E0', '#/__proto__', '#/info/title'])(
      'refuses %s',
      ($ref) => {
        expect(listing(parse(openapi({ '/a': { $ref } })))).toEqual(['unresolved_ref']);
      },
    );
  });

  it('does not mind schemas that refer to themselves', () => {
    const Node = { properties: { next: { $ref: '#/components/schemas/Node' } } };
    const responses = { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Node' } } } } };
    expect(listing(parse(openapi({ '/a': { get: { responses } } }, { components: { schemas: { Node } } })))).toEqual([
      'get /a',
    ]);
  });

  it('refuses a small file that multiplies itself', () => {
    const shared = { get: { summary: 'x'.repeat(100_000) } };
    const paths = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`/${i}`, { $ref: '#/components/pathItems/shared' }]),
    );
    expect(listing(parse(openapi(paths, { components: { pathItems: { shared } } })))).toEqual(['too_large']);
    const many = Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`/${i}`, { get: {} }]));
    expect(listing(parse(openapi(many)))).toEqual(['too_large']);
  });

  it('takes only texts as names, tags and summaries', () => {
    const get = { operationId: 1, tags: ['a', 2, {}], summary: {}, deprecated: 'yes' };
    const result = parse(openapi({ '/a': { get } }));
    expect(result.ok && result.operations[0]).toEqual({
      path: '/a',
      method: 'get',
      operation_id: null,
      tags: ['a'],
      summary: null,
      deprecated: false,
    });
  });
});
