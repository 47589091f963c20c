import { areHeaders, sentHeaders, shownHeaders } from './headers.js';

describe('headers', () => {
  it.each([
    [[['a', 'b\r\nx-injected: 1']]],
    [[['a', 'b\nc']]],
    [[['a', 'b\0']]],
    [[['a b', 'c']]],
    [[['a:', 'c']]],
    [[['', 'c']]],
    [[['a', 1]]],
    [[['a']]],
    [[['a', 'b', 'c']]],
    [[['a', 'ł']]],
    [{ a: 'b' }],
    [new Array<string[]>(101).fill(['a', 'b'])],
  ])('are not %j', (value) => expect(areHeaders(value)).toBe(false));

  it('are pairs of a name and a value', () => {
    expect(areHeaders([['X-Api-Key', 'gh_1'], ['accept', '']])).toBe(true); // prettier-ignore
  });
});

it('sends what the developer set, under one name each', () => {
  const headers = [['apikey', 'gh_1'], ['Accept', 'a/b'], ['accept', 'c/d'], ['Content-Type', 'x/y']] as const; // prettier-ignore
  expect(sentHeaders(headers)).toEqual({ apikey: 'gh_1', accept: 'a/b, c/d', 'content-type': 'x/y' });
});

it.each([
  ...['Cookie', 'cookie2', 'Host', 'Connection', 'Transfer-Encoding', 'TE', 'Upgrade', 'Trailer', 'Keep-Alive'],
  ...['Content-Length', 'Expect', 'Proxy-Authorization', 'Origin', 'Referer', 'Via', 'Forwarded', 'X-Forwarded-For'],
  ...['X-Real-IP', 'Sec-Fetch-Site', 'Gatehouse-Token', 'X-Gatehouse-Reason', 'Accept-Encoding'],
])('never sends %s', (name) => expect(sentHeaders([[name, 'a']])).toEqual({}));

it('never sends what Connection names', () => {
  expect(sentHeaders([['Connection', 'x-a, x-b'], ['X-A', '1'], ['x-b', '2'], ['x-c', '3']])).toEqual({ 'x-c': '3' }); // prettier-ignore
});

it('shows the answer without cookies and without what is of the connection', () => {
  const headers = new Headers([['content-type', 'a/b'], ['connection', 'x-hop'], ['x-hop', '1'], ['keep-alive', '1'], ['x-rate', '9']]); // prettier-ignore
  headers.append('set-cookie', 'portalaccesstoken=stolen; Path=/');
  headers.append('set-cookie', 'b=c');
  expect(shownHeaders(headers)).toEqual([['content-type', 'a/b'], ['x-rate', '9']]); // prettier-ignore
});
