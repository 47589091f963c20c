import type { Claim } from '../core/claims.js';
import { folded } from '../core/claims.js';
import type { PortalSettings } from './events.js';

/** Names a portal may be reached by are unique in the whole installation: the Host header picks the portal. */
export const domainClaim = (domain: string): Claim => ({ kind: 'portal-domain', scope: '*', value: folded(domain) });

export const portalNameClaim = (name: string): Claim => ({ kind: 'portal-name', scope: '*', value: folded(name) });

/** A DNS label (RFC 1035 section 2.3.1: letters, digits, inner hyphens, at most 63) made of a name; '' if nothing remains. */
const dnsLabel = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');

/** The domain that a portal of this name would like to have. */
export const preferredDomain = (name: string): string => `${dnsLabel(name) || 'portal'}.localhost`;

/** The same with the end of the portal's id, for when another portal has the preferred one. */
export const distinctDomain = (name: string, id: string): string =>
  `${dnsLabel(name) || 'portal'}-${id.slice(-12)}.localhost`;

type Claimed = Pick<PortalSettings, 'name' | 'custom_domain' | 'custom_client_domain'> & {
  readonly default_domain: string;
};

/** Every value that a portal with these settings holds; one domain may serve both the API and the client. */
export function portalClaims(settings: Claimed): readonly Claim[] {
  const domains = [settings.default_domain, settings.custom_domain, settings.custom_client_domain];
  const distinct = new Set(domains.filter((domain) => domain !== null).map(folded));
  return [portalNameClaim(settings.name), ...[...distinct].map(domainClaim)];
}

const without = (claims: readonly Claim[], others: readonly Claim[]): readonly Claim[] =>
  claims.filter(({ kind, value }) => !others.some((other) => other.kind === kind && other.value === value));

/** What to take and to give back when a portal's settings change. */
export function claimChanges(now: readonly Claim[], next: readonly Claim[]) {
  return { take: without(next, now), drop: without(now, next) };
}
