import fc from 'fast-check';
import { stringify } from 'yaml';
import { parseJsonOrYaml } from './json-or-yaml.js';

const problemOf = (text: string, name = 'api.yaml') => {
  const tree = parseJsonOrYaml(text, name);
  return tree.ok ? undefined : tree.problem;
};
/** JSON.parse makes own members named __proto__, which toEqual would not compare. */
const values = fc.jsonValue({ maxDepth: 5 }).filter((value) => !JSON.stringify(value).includes('__proto__'));

describe('parseJsonOrYaml', () => {
  it('reads any value from its JSON and from its YAML', () => {
    fc.assert(
      fc.property(values, (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(parseJsonOrYaml(JSON.stringify(value, null, 1), 'a.json')).toEqual({ ok: true, root: plain });
        expect(parseJsonOrYaml(stringify(plain, { aliasDuplicateObjects: false }), 'a.yaml')).toEqual({
          ok: true,
          root: plain,
        });
      }),
    );
  });

  it('reads YAML in flow style, merge keys and anchors', () => {
    const text = 'base: &b {x: 1}\nuse: {<<: *b, y: 2}\nagain: *b\n';
    expect(parseJsonOrYaml(text, 'a.yaml')).toEqual({
      ok: true,
      root: { base: { x: 1 }, use: { x: 1, y: 2 }, again: { x: 1 } },
    });
    expect(parseJsonOrYaml('{a: 1, b: [2]}', 'a.yaml')).toEqual({ ok: true, root: { a: 1, b: [2] } });
  });

  it.each([
    ['a missing value', '{\n"a": 1,\n"b":\n}', undefined],
    ['a missing quote', '{\n"a": 1,\nb: 2}', 3],
    ['a missing end', '{\n"a": [1,\n2', 3],
  ])('refuses JSON with %s, says where if the engine does, and never quotes it', (_, text, line) => {
    const problem = problemOf(text, 'a.json');
    expect(problem?.code).toBe('not_json_or_yaml');
    expect(problem?.line).toBe(line);
    expect(problem?.message).not.toContain('"');
  });

  it.each([
    ['bad indentation', 'a:\n  b: 1\n c: 2\n', 3],
    ['a tab', 'a:\n\tb: 1\n', 2],
    ['two documents', 'a: 1\n---\nb: 2\n', 2],
  ])('refuses YAML with %s and says where', (_, text, line) => {
    expect(problemOf(text)).toMatchObject({ code: 'not_json_or_yaml', line });
  });

  it.each(['a: *nowhere', '<<: 1', '<<: *nowhere', '&a 1: *b'])('refuses YAML that leads to nothing: %s', (text) => {
    expect(problemOf(text)?.code).toBe('not_json_or_yaml');
  });

  it.each([
    ['JSON', '{"a": 1,\n"b": {"a": 1},\n"a": 2}', 3],
    ['JSON, written differently', '{"a": [{}, {"b": 1}],\n"\\u0061": 2}', 2],
    ['JSON, in an inner object', '{"x": [{"a": 1}, {"b": 1, "b": 2}]}', 1],
    ['YAML', 'a: 1\nb: 2\na: 3\n', 3],
    ['YAML, an inner map', 'x:\n  - 200: 1\n    "200": 2\n', 3],
  ])('refuses a repeated key in %s', (_, text, line) => {
    expect(problemOf(text)).toMatchObject({ code: 'duplicate_key', line });
  });

  it('allows the same key in neighbours, and strings that look like structure', () => {
    const text = '[{"a": 1}, {"a": 2}, {"b": {"a": 3}, "a": 4}, {"c": "\\"a\\": {[", "d": ["c", "c"]}]';
    expect(parseJsonOrYaml(text, 'a.json')).toEqual({ ok: true, root: JSON.parse(text) as unknown });
  });

  it.each([
    ['10,000 arrays in JSON', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['10,000 objects in JSON', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
    ['201 arrays', '['.repeat(201) + ']'.repeat(201)],
    ['201 levels of YAML', Array.from({ length: 201 }, (_, i) => `${' '.repeat(i)}a:`).join('\n') + ' {}'],
    ['10,000 lists in YAML', '- '.repeat(10_000) + 'a'],
    ['10,000 flow lists in YAML', 'a: ' + '['.repeat(10_000) + ']'.repeat(10_000)],
  ])('refuses %s as too deep', (_, text) => {
    expect(problemOf(text)?.code).toBe('too_deep');
  });

  it('allows 200 levels', () => {
    expect(problemOf('['.repeat(200) + ']'.repeat(200))).toBeUndefined();
  });

  it('refuses a billion laughs, and follows aliases that lead to themselves', () => {
    const laughs = ['a0: &a0 [lol, lol]'];
    for (let i = 1; i < 30; i++) laughs.push(`a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`);
    expect(problemOf(laughs.join('\n'))?.code).toBe('too_many_aliases');
    expect(parseJsonOrYaml('a: &a {b: *a}', 'a.yaml').ok).toBe(true);
  });

  it('refuses YAML that would need too much memory', () => {
    expect(problemOf(`a: ${'b'.repeat(9_000_000)}`)?.code).toBe('too_large');
  });

  it('never throws', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      "'",
      '\\',
      '\n',
      ' ',
      '- ',
      '&a',
      '*a',
      '<<',
      '!',
      '#',
      '|',
      '0',
      'a',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        for (const name of ['a.json', 'a.yaml'])
          expect(typeof parseJsonOrYaml(parts.join(''), name).ok).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });
});
