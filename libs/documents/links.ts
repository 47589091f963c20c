/** A browser drops these from an address before it looks at the scheme. */

const IGNORED = /[\u0000-\u0020\u007f-\u009f\u00ad\u200b-\u200f\u2028\u2029\ufeff]/g;

const LINK_SCHEMES = new Set(['http', 'https', 'mailto', 'tel']);
const IMAGE_SCHEMES = new Set(['http', 'https']);
const IMAGE_DATA = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*$/;

/** The address if following it runs no script: web, mail, telephone or relative; '#' otherwise. */
export const safeHref = (url: string): string => (hasScheme(url, LINK_SCHEMES) ? url : '#');

/** The address if it is of the web, relative, or an embedded bitmap; undefined otherwise. */
export const safeImageUrl = (url: string): string | undefined =>
  hasScheme(url, IMAGE_SCHEMES) || IMAGE_DATA.test(url) ? url : undefined;

/** True for a relative address and for the schemes given: a list of what is good, since bad ones are without number. */
function hasScheme(url: string, schemes: ReadonlySet<string>): boolean {
  const beforePath = /^[^/?#]*/.exec(url.replace(IGNORED, ''))![0];
  const colon = beforePath.indexOf(':');
  return colon === -1 || schemes.has(beforePath.slice(0, colon).toLowerCase());
}
