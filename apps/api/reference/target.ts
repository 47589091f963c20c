/** Which addresses calls may go to: those below the servers that a version's specification lists. Pure. */

export type TargetFault = 'not-an-address' | 'not-listed';

export type Target = { readonly url: string } | { readonly fault: TargetFault };

/** Sent as it is, some server would read more into it: line breaks, backslashes as slashes, spaces as the end. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]{1,8192}$/;
/** Some servers decode once more than they should. */
const MAX_DECODINGS = 4;

/**
 * The address as it will be called, if it is below one of the bases: the same scheme, host and port, and the base's path, whole
 * segments of it, before and after servers on the way have decoded it.
 * @param bases as libs/documents/servers.ts makes them
 */
export function readTarget(text: string, bases: readonly string[]): Target {
  if (!PLAIN.test(text)) return { fault: 'not-an-address' };
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.hash || /@/.test(authority(text)))
    return { fault: 'not-an-address' };
  // Two readers of one address must not see two paths: WHATWG's URL removes dot segments, servers may remove more.
  if (leavesItsPath(url.pathname) || leavesItsPath(pathOf(text))) return { fault: 'not-an-address' };
  const whole = url.origin + url.pathname;
  const listed = bases.some((base) => whole === base || whole.startsWith(`${base}/`));
  return listed ? { url: url.href } : { fault: 'not-listed' };
}

const authority = (text: string): string => /^[a-z]+:\/\/([^/?#]*)/i.exec(text)?.[1] ?? '';
const pathOf = (text: string): string => /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(text)?.[1] ?? text;

/** Whether a segment of the path, or of what it is once decoded, means the one above, or ends the text for some. */
function leavesItsPath(path: string): boolean {
  let read = path;
  for (let times = 0; times < MAX_DECODINGS; times += 1) {
    // Servlet containers cut parameters off segments: `..;a=b`.
    if (read.split(/[/\\]/).some((segment) => /^\.{1,2}(;|$)/.test(segment)) || /[\0\r\n]/.test(read)) return true;
    const decoded = decodeOnce(read);
    if (decoded === read) return false;
    read = decoded;
  }
  // Encoded so many times, nobody can say what it will be.
  return true;
}

/** Of the signs that paths are made of, and those that end lines and texts; other bytes cannot matter. */
const decodeOnce = (text: string): string =>
  text.replace(/%(2e|2f|5c|25|3b|00|0a|0d)/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
