import type { FastifyRequest } from 'fastify';
import { hostname, isTrustedOrigin } from '../../http/origin.js';
import type { PortalState } from '#domain/portal/state.js';

/** As much of a request as addresses depend on. */
export type Addressed = Pick<FastifyRequest, 'host' | 'protocol'>;

const CALLBACK = '/api/v2/developer/authenticate/oidc-callback';

const originOf = ({ host, protocol }: Addressed): string => `${protocol}://${host}`;

/**
 * Where the browser goes after the sign-in, if it is one of the portal's own places: its hosts, and where the installation
 * says that its portals are. Anything else would make the portal a springboard to other sites.
 */
export function returnToOf(
  text: string | undefined,
  request: Addressed,
  portal: PortalState,
  installation: string | undefined,
): URL | undefined {
  const own = portal.custom_client_domain === null ? originOf(request) : `https://${portal.custom_client_domain}`;
  const url = URL.parse(text ?? `${own}/login`, originOf(request));
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  // What was asked over https does not come back in clear.
  if (url.protocol === 'http:' && request.protocol === 'https') return undefined;
  const said = installation === undefined ? undefined : URL.parse(installation)?.hostname;
  return url.hostname === said || isTrustedOrigin(url.origin, request.host, portal) ? url : undefined;
}

/**
 * Where the identity provider sends the browser back: to this API, at the host that it was called at, since the login is in
 * that host's cookies. A proxy that hands on the host without its port is corrected by the page that the browser came from.
 */
export function redirectUriOf(request: Addressed, returnTo: URL): string {
  const portless = hostname(request.host) === request.host.toLowerCase();
  const samePlace = portless && returnTo.hostname === hostname(request.host);
  return (samePlace ? returnTo.origin : originOf(request)) + CALLBACK;
}

/** The portal's client reads the session at once if it comes back with this. */
export function signedInAt(returnTo: string): string {
  const url = new URL(returnTo);
  url.searchParams.set('loginSuccess', 'true');
  return url.href;
}
