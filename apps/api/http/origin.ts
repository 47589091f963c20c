import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.js';
import type { PortalState } from '#domain/portal/state.js';

export const hostname = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

const isLocal = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || name === '127.0.0.1' || name === '[::1]';

/** Whether pages of this origin may use the portal's cookies: its own host, its client's host, or any local one beside a local one. */
export function isTrustedOrigin(origin: string, requestHost: string, portal: PortalState): boolean {
  const url = URL.parse(origin);
  if (!url) return false;
  const name = url.hostname.toLowerCase();
  const host = hostname(requestHost);
  return (
    name === host ||
    name === portal.custom_domain ||
    name === portal.custom_client_domain ||
    (isLocal(name) && isLocal(host))
  );
}

/**
 * Cross-site request forgery: a state-changing call that a browser sent from another site is refused. Clients that are no
 * browsers send neither header.
 */
export function checkOrigin(request: FastifyRequest, portal: PortalState): void {
  const origin = request.headers.origin;
  const foreign =
    origin === undefined
      ? request.headers['sec-fetch-site'] === 'cross-site'
      : !isTrustedOrigin(origin, request.host, portal);
  if (foreign)
    throw new Problem(403, 'foreign_origin', 'This call came from a page of another site. Use the portal itself.');
}
