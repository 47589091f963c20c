import type { FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.js';

/**
 * Only the page of this very origin has a use for the proxy, so that neither the portal's client on another host nor another
 * program on the same machine may drive it from a browser.
 */
export function checkOwnPage({ headers, host }: Pick<FastifyRequest, 'headers' | 'host'>): void {
  const { origin, 'sec-fetch-site': site } = headers;
  // Browsers tell the site where the connection is trustworthy, and the origin with every POST (Fetch, 3.2); other programs
  // neither, and they have no cookies but those that they were given.
  const own = site === undefined ? origin === undefined || URL.parse(origin)?.host === host : site === 'same-origin';
  if (!own) {
    throw new Problem(
      403,
      'foreign_origin',
      'This is for the reference pages of this portal, called from the portal itself.',
    );
  }
}
