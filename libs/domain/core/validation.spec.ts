import { describe, expect, it } from '@jest/globals';
import {
  Email,
  Flag,
  FileName,
  Hostname,
  Id,
  Ids,
  Integer,
  KeyNames,
  Labels,
  LabelsUpdate,
  Name,
  Nested,
  Nullable,
  OneOf,
  Optional,
  Reason,
  RedirectUri,
  Sha256,
  Slug,
  Strings,
  Text,
  Timestamp,
  Uri,
} from './validation.js';
import { parseCommand } from './violations.js';

/** The rule that a value breaks as the only field of a command; undefined if none. */
function broken(decorators: readonly PropertyDecorator[], value: unknown): string | undefined {
  class Sample {
    field?: unknown;
  }
  decorators.forEach((decorate) => decorate(Sample.prototype, 'field'));
  const parsed = parseCommand(Sample, value === undefined ? {} : { field: value });
  return 'violations' in parsed ? parsed.violations[0]?.rule : undefined;
}

const UUID = '01900000-0000-7000-8000-000000000001';
const FINE = undefined;

describe('field decorators', () => {
  it.each<[string, PropertyDecorator[], unknown, string | undefined]>([
    ['id', [Id()], UUID, FINE],
    ['id of no known version', [Id()], '01900000-0000-f000-0000-000000000001', FINE],
    ['id, other text', [Id()], 'abc', 'is_uuid'],
    ['id, number', [Id()], 7, 'is_string'],
    ['id, absent', [Id()], undefined, 'required'],
    ['optional id, absent', [Optional(), Id()], undefined, FINE],
    ['optional id, null', [Optional(), Id()], null, 'is_string'],
    ['nullable id, null', [Nullable(), Id()], null, FINE],
    ['ids', [Ids(2)], [UUID], FINE],
    ['ids, too many', [Ids(0)], [UUID], 'max_items'],
    ['ids, too few', [Ids(2, 1)], [], 'min_items'],
    ['ids, twice', [Ids(2)], [UUID, UUID], 'invalid'],
    ['ids, twice in other letters', [Ids(2)], ['a' + UUID.slice(1), 'A' + UUID.slice(1)], 'invalid'],
    ['ids, no array', [Ids(2)], UUID, 'is_array'],
    ['ids, no uuid', [Ids(2)], ['x'], 'is_uuid'],
    ['name', [Name(5)], 'Straße'.slice(0, 5), FINE],
    ['name of five emoji', [Name(5)], '😀'.repeat(5), FINE],
    ['name of six emoji', [Name(5)], '😀'.repeat(6), 'max_length'],
    ['name of variation selectors', [Name(5)], '\uFE0F'.repeat(6), 'max_length'],
    ['name, blank', [Name(5)], '   ', 'min_length'],
    ['name, invisible', [Name(5)], '\u200B\u200B', 'min_length'],
    ['name, NUL', [Name(5)], 'a\u0000b', 'invalid'],
    ['name, line break', [Name(5)], 'a\nb', 'invalid'],
    ['name, lone surrogate', [Name(5)], 'a\uD800', 'invalid'],
    ['text, line break', [Text(5)], 'a\nb', FINE],
    ['text, null', [Text(5)], null, FINE],
    ['text, absent', [Text(5)], undefined, FINE],
    ['text, escape character', [Text(5)], '\u001B[m', 'invalid'],
    ['text, lone surrogate', [Text(5)], '\uDC00', 'invalid'],
    ['text, long', [Text(5)], '123456', 'max_length'],
    ['reason, longest', [Reason()], 'x'.repeat(1000), FINE],
    ['reason, too long', [Reason()], 'x'.repeat(1001), 'max_length'],
    ['labels', [Labels()], { env: 'test', '10': 'a.b-c_d', '2': 'x' }, FINE],
    ['labels, absent', [Labels()], undefined, FINE],
    ['labels, null', [Labels()], null, 'is_object'],
    ['labels, array', [Labels()], [], 'is_object'],
    ['labels, reserved key', [Labels()], { kong_x: 'y' }, 'is_label'],
    ['labels, underscore key', [Labels()], { _x: 'y' }, 'is_label'],
    ['labels, long key', [Labels()], { ['k'.repeat(64)]: 'y' }, 'is_label'],
    ['labels, value ends with dot', [Labels()], { k: 'y.' }, 'is_label'],
    ['labels, empty value', [Labels()], { k: '' }, 'is_label'],
    ['labels, null value', [Labels()], { k: null }, 'is_label'],
    ['labels, 51', [Labels()], Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'v'])), 'max_items'],
    ['labels update, null value', [LabelsUpdate()], { k: null }, FINE],
    ['labels update, null', [LabelsUpdate()], null, FINE],
    ['labels update, number', [LabelsUpdate()], { k: 1 }, 'is_label'],
    ['one of', [OneOf(['a', 'b'])], 'b', FINE],
    ['one of, other', [OneOf(['a', 'b'])], 'c', 'enum'],
    ['flag', [Flag()], false, FINE],
    ['flag, text', [Flag()], 'false', 'is_boolean'],
    ['integer', [Integer(1, 3)], 3, FINE],
    ['integer, low', [Integer(1, 3)], 0, 'min'],
    ['integer, high', [Integer(1, 3)], 4, 'max'],
    ['integer, float', [Integer(1, 3)], 1.5, 'is_integer'],
    ['email', [Email()], ' Dev.Eloper+x@Example.org ', FINE],
    ['email, display name', [Email()], 'Dev <dev@example.org>', 'invalid'],
    ['email, no domain', [Email()], 'dev@', 'invalid'],
    ['email, header injection', [Email()], 'dev@example.org\r\nBcc: x@example.org', 'invalid'],
    ['email, long', [Email()], `${'a'.repeat(60)}@${'b'.repeat(200)}.org`, 'max_length'],
    ['uri', [Uri()], 'https://idp.example.org/realms/x', FINE],
    ['uri, scheme', [Uri()], 'ftp://example.org', 'invalid'],
    ['uri, relative', [Uri()], '/path', 'invalid'],
    ['uri, white space', [Uri()], 'https://example.org/a b', 'invalid'],
    ['uri, no host', [Uri()], 'https:example.org', 'invalid'],
    ['uri, user and password', [Uri()], 'https://u:p@example.org', 'invalid'],
    ['redirect uri', [RedirectUri()], 'http://localhost:8080/cb?x=1', FINE],
    ['redirect uri, custom scheme', [RedirectUri()], 'com.example.app:/oauth', FINE],
    ['redirect uri, script', [RedirectUri()], 'JavaScript:alert(1)', 'invalid'],
    ['redirect uri, script behind a tab', [RedirectUri()], 'java\tscript:alert(1)', 'invalid'],
    ['redirect uri, data', [RedirectUri()], 'data:text/html,x', 'invalid'],
    ['redirect uri, fragment', [RedirectUri()], 'https://example.org/#x', 'invalid'],
    ['hostname', [Hostname()], 'api.example.org', FINE],
    ['hostname with scheme', [Hostname()], 'https://api.example.org', 'is_fqdn'],
    ['hostname, international', [Hostname()], 'xn--bcher-kva.example', FINE],
    ['hostname, international, not in ASCII', [Hostname()], 'bücher.example', 'is_fqdn'],
    ['file name', [FileName(20, ['.yaml', '.json'])], 'my api.v1.json', FINE],
    ['file name, extension', [FileName(20, ['.yaml', '.json'])], 'api.txt', 'matches_regex'],
    ['file name, extension alone', [FileName(20, ['.yaml', '.json'])], '.yaml', 'matches_regex'],
    ['file name, hidden', [FileName(20, ['.yaml', '.json'])], '.api.yaml', 'matches_regex'],
    ['file name, folder', [FileName(20, ['.yaml', '.json'])], 'a/b.yaml', 'matches_regex'],
    ['file name, folder of Windows', [FileName(20, ['.yaml', '.json'])], 'a\\b.yaml', 'matches_regex'],
    ['file name, control character', [FileName(20, ['.yaml', '.json'])], 'a\tb.yaml', 'invalid'],
    ['key names', [KeyNames(3, 20)], ['X-Api-Key', 'apikey', 'authorization'], FINE],
    ['key names, no token', [KeyNames(3, 20)], ['api key'], 'invalid'],
    ['slug', [Slug()], 'getting-started_2', FINE],
    ['slug, slash', [Slug()], 'a/b', 'matches_regex'],
    ['slug, trailing line break', [Slug()], 'a\n', 'matches_regex'],
    ['sha256', [Sha256()], 'a'.repeat(64), FINE],
    ['sha256, short', [Sha256()], 'a'.repeat(63), 'matches_regex'],
    ['timestamp', [Timestamp()], '2026-01-05T09:00:00.000Z', FINE],
    ['timestamp, no such day', [Timestamp()], '2026-02-30T09:00:00Z', 'is_date_time'],
    ['strings', [Strings(2, 3)], ['abc'], FINE],
    ['strings, empty item', [Strings(2, 3)], [''], 'invalid'],
    ['strings, long item', [Strings(2, 3)], ['abcd'], 'max_length'],
    ['strings, number', [Strings(2, 3)], [1], 'is_string'],
  ])('%s', (_, decorators, value, rule) => {
    expect(broken(decorators, value)).toBe(rule);
  });

  it.each(['Host', 'cookie', 'Content-Length', 'transfer-encoding', 'gatehouse-token'])(
    'no key is in the header %s',
    (name) => expect(broken([KeyNames(3, 20)], ['apikey', name])).toBe('invalid'),
  );
});

describe('parseCommand', () => {
  class Inner {
    @Name(5) name!: string;
  }
  class Outer {
    @Id() id!: string;
    @Optional() @Nested(Inner) inner?: Inner;
    @Optional() @Nested(Inner, { open: true }) wide?: Inner;
  }
  const violations = (input: unknown) => {
    const parsed = parseCommand(Outer, input);
    return 'violations' in parsed ? parsed.violations : [];
  };

  it('makes instances, nested ones too, and keeps the fields of open ones', () => {
    const parsed = parseCommand(Outer, { id: UUID, inner: { name: 'a' }, wide: { name: 'b', other: [1] } });
    expect('command' in parsed && parsed.command).toBeInstanceOf(Outer);
    expect('command' in parsed && parsed.command.inner).toBeInstanceOf(Inner);
    expect('command' in parsed && parsed.command.wide).toEqual({ name: 'b', other: [1] });
  });

  it('has ids in lower case, and nothing else', () => {
    const id = 'ABCDEF00-0000-4000-8000-00000000000A';
    const parsed = parseCommand(Outer, { id, inner: { name: 'ABC' } });
    expect(parsed).toEqual({ command: { id: id.toLowerCase(), inner: { name: 'ABC' } } });
  });

  it('says limits and choices, and the path of nested fields', () => {
    expect(violations({ id: UUID, inner: { name: '123456' } })).toEqual([
      { field: 'inner.name', rule: 'max_length', maximum: 5, reason: 'must not have more than 5 characters' },
    ]);
  });

  it('names every unknown field, also such as every object inherits', () => {
    const input = JSON.parse(
      `{"id":"${UUID}","extra":1,"constructor":1,"toString":1,"__proto__":{"x":1},"inner":{"name":"a","more":2}}`,
    ) as object;
    expect(violations(input).map(({ field, rule }) => `${field}: ${rule}`)).toEqual([
      'extra: unknown_property',
      'constructor: unknown_property',
      'toString: unknown_property',
      '__proto__: unknown_property',
      'inner.more: unknown_property',
    ]);
  });

  it.each(['constructor', '__proto__', 'prototype'])(
    'lets no %s slip into an open object and past its rules',
    (name) => {
      const wide = JSON.parse(`{"${name}":{},"name":5}`) as object;
      expect(violations({ id: UUID, wide }).map(({ field, rule }) => `${field}: ${rule}`)).toEqual([
        `wide.${name}: unknown_property`,
        'wide.name: is_string',
      ]);
    },
  );

  it.each([[null], [[]], ['text'], [undefined]])('refuses %j, which is no object', (input) => {
    expect(violations(input).map(({ rule }) => rule)).toEqual(['is_object']);
  });

  it('never repeats a value', () => {
    expect(JSON.stringify(violations({ id: 'dev@example.org', inner: 'hunter2-secret' }))).not.toMatch(
      /example|hunter2/,
    );
  });
});
