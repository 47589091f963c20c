import { checkCharset, parseJsonBody } from './json-body.js';

const parsed = (text: string) => () => parseJsonBody(Buffer.from(text));

describe('the body', () => {
  it('has 200,000 tokens at most, and is read no further', () => {
    // a list of n numbers: two brackets, n values, n - 1 commas
    const list = (items: number) => `[${'1,'.repeat(items - 1)}1]`;
    expect(parsed(list(99_999))()).toHaveLength(99_999);
    expect(parsed(list(100_000))).toThrow(/tokens/);
    expect(parsed(`${list(100_000)} not JSON`)).toThrow(/tokens/);
  });
});

describe('the character set', () => {
  it.each([undefined, 'application/json', 'application/json; charset=UTF-8', 'application/json;charset="utf8"'])(
    'may be %s',
    (type) => expect(() => checkCharset(type)).not.toThrow(),
  );

  it.each(['application/json; charset=utf-16', 'application/json; x=y; Charset="latin1"', 'application/json;charset='])(
    'may not be %s',
    (type) => expect(() => checkCharset(type)).toThrow(/UTF-8/),
  );
});
