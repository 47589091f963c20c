/** What texts, labels and addresses look like. Pure predicates, shared by the decorators of validation.ts. */

/** A UUID of any version, also of one to come (RFC 9562 section 4). */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** Length in Unicode code points. */
export const characters = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/** Length without white space and invisible format characters at both ends, so that a name can be seen. */
export const trimmedCharacters = (text: string): number =>
  characters(text.replace(/^[\s\p{Cf}]+/u, '').replace(/[\s\p{Cf}]+$/u, ''));

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Line ends, control characters, and what turns the direction of text around it, so that it reads as something else. */
const NOT_IN_A_LINE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Well-formed and without control characters. */
export const isPlainLine = (text: string): boolean => !LONE_SURROGATE.test(text) && !NOT_IN_A_LINE.test(text);

/** Well-formed; tab, line feed and carriage return are the only control characters. */
export const isPlain = (text: string): boolean =>
  !LONE_SURROGATE.test(text) && ![...text.matchAll(/\p{Cc}/gu)].some(([c]) => !'\t\n\r'.includes(c));

/** Printable ASCII only. */
export const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** Something with one of the extensions, without folders, and not hidden by a dot at the beginning. */
export const isFileName = (text: string, extensions: readonly string[]): boolean =>
  /^[^./\\][^/\\]*$/.test(text) && extensions.some((extension) => text.endsWith(extension));

/** A token of RFC 9110 section 5.6.2: what a header may be called. */
export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Headers that say how a message or a connection is to be read (RFC 9110 sections 7.2, 7.6.1, 8; RFC 6265), and our own. */
const NOT_FOR_KEYS = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'gatehouse-token',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What a header that carries an API key may be called. */
export const isKeyName = (text: string): boolean => TOKEN.test(text) && !NOT_FOR_KEYS.has(text.toLowerCase());

const RESERVED_LABEL_KEY = /^(kong|konnect|mesh|kic|_)/;

/** 1-63 characters, none of the reserved beginnings. */
export const isLabelKey = (key: string): boolean =>
  key.length >= 1 && key.length <= 63 && isPlainLine(key) && !RESERVED_LABEL_KEY.test(key);

/** 1-63 characters, a letter or digit at both ends, `-._` allowed inside. */
export const isLabelValue = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= 63 && /^[a-z0-9A-Z]([a-z0-9A-Z\-._]*[a-z0-9A-Z])?$/.test(value);

/** Schemes that run code or carry content in the address itself, or read the visitor's disk. */
const DANGEROUS = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:', 'view-source:']);

/**
 * An absolute URI (RFC 3986) without white space. `web`: http or https with a host. `redirect`: as RFC 6749 section 3.1.2
 * wants it, without a fragment; a custom scheme is allowed for native applications (RFC 8252 section 7.1).
 */
export function isUri(text: string, use: 'web' | 'redirect'): boolean {
  if (/\s/.test(text) || !isPlainLine(text) || !/^[a-z][a-z0-9+.-]*:/i.test(text)) return false;
  const url = URL.parse(text);
  if (!url) return false;
  const web = url.protocol === 'http:' || url.protocol === 'https:';
  if (web && (!/^https?:\/\/[^/?#]/i.test(text) || url.username !== '' || url.password !== '')) return false;
  return use === 'web' ? web : !DANGEROUS.has(url.protocol) && !text.includes('#');
}
