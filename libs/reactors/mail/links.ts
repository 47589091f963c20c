import type { PortalState } from '#domain/portal/state.js';

/** Where this installation is reached. */
export interface Installation {
  /** Where portals without a domain of their own are, if it was said so. */
  readonly portalUrl?: string | undefined;
  /** Where this server listens, as `http://host:port`. */
  readonly origin: string;
}

type Domains = Pick<PortalState, 'custom_client_domain' | 'custom_domain' | 'default_domain'>;

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

/**
 * Where a portal's people go, without a slash at the end: its client domain, else its own, else where this installation's
 * portals are said to be, else this server. Default domains end in `.localhost`, so they lead to a server on this machine.
 */
export function portalUrl(portal: Domains, { portalUrl: said, origin }: Installation): string {
  const domain = portal.custom_client_domain ?? portal.custom_domain;
  if (domain !== null) return `https://${domain}`;
  if (said !== undefined) return said.replace(/\/+$/, '');
  const { protocol, hostname, host, port } = new URL(origin);
  const local = LOOPBACK.test(hostname);
  return `${protocol}//${local ? portal.default_domain + (port && `:${port}`) : host}`;
}

/** Pages of the portal's client. */
export const links = (portal: string) => ({
  home: portal,
  signIn: `${portal}/login`,
  forgotPassword: `${portal}/forgot-password`,
  confirm: (token: string, email: string) => `${portal}/login?token=${token}&email=${encodeURIComponent(email)}`,
  setPassword: (token: string, email: string) =>
    `${portal}/reset-password?token=${token}&email=${encodeURIComponent(email)}`,
  application: (id: string) => `${portal}/application/${id}`,
  product: (id: string) => `${portal}/spec/${id}`,
});

export type Links = ReturnType<typeof links>;
