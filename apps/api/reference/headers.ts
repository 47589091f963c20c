/** Which headers pass the proxy, in either direction. Pure. */

export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** RFC 9110, 5.6.2 and 5.5: what could end a header is in neither. */
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/i;
const VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8192}$/;
const MOST = 100;

export const areHeaders = (value: unknown): value is HeaderPairs =>
  Array.isArray(value) && value.length <= MOST && value.every(isHeader);

const isHeader = (pair: unknown): boolean =>
  Array.isArray(pair) &&
  pair.length === 2 &&
  pair.every((part) => typeof part === 'string') &&
  NAME.test(pair[0] as string) &&
  VALUE.test(pair[1] as string);

/** RFC 9110, 7.6.1, and what older software still means by it. */
const HOP_BY_HOP = [
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['proxy-authenticate', 'proxy-authorization', 'proxy-authentication-info'],
];

/** Cookies are a browser's business with its server; the others say where a call comes from, or belong to the connection. */
const NEVER_SENT = new Set([
  ...HOP_BY_HOP,
  ...['cookie', 'cookie2', 'host', 'content-length', 'expect', 'accept-encoding', 'origin', 'referer', 'via'],
  ...['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-real-ip'],
  ...['true-client-ip', 'x-client-ip', 'cf-connecting-ip'],
]);
const OURS = /^(?:sec-|proxy-|gatehouse-|x-gatehouse-|access-control-request-)/;

/** What a call may bring to the API: neither this portal's cookies nor anything that only its connections are about. */
export function sentHeaders(headers: HeaderPairs): Record<string, string> {
  const sent = new Map<string, string>();
  const named = namedByConnection(headers);
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    if (NEVER_SENT.has(name) || OURS.test(name) || named.has(name)) continue;
    // RFC 9110, 5.3: the values of one name in one list.
    sent.set(name, sent.has(name) ? `${sent.get(name)}, ${value}` : value);
  }
  return Object.fromEntries(sent);
}

/** Cookies of the API would be of no use to the page; the rest is for the connection that ended here. */
const NEVER_SHOWN = new Set([...HOP_BY_HOP, 'set-cookie', 'set-cookie2']);

/** What of the API's answer the page is told. */
export const shownHeaders = (headers: Headers): HeaderPairs => {
  const named = namedByConnection([...headers]);
  return [...headers].filter(([name]) => !NEVER_SHOWN.has(name) && !named.has(name));
};

/** RFC 9110, 7.6.1: a connection may have headers of its own. */
const namedByConnection = (headers: HeaderPairs): ReadonlySet<string> =>
  new Set(
    headers
      .filter(([name]) => name.toLowerCase() === 'connection')
      .flatMap(([, value]) => value.split(','))
      .map((name) => name.trim().toLowerCase()),
  );
