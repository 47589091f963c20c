import type { PortalState } from '#domain/portal/state.js';

/** Where a portal's people go: its client domain, else its own, else where this installation's portal is. Without a slash at the end. */
export function portalUrl(
  { custom_client_domain, custom_domain }: Pick<PortalState, 'custom_client_domain' | 'custom_domain'>,
  fallback: string,
): string {
  const domain = custom_client_domain ?? custom_domain;
  return domain === null ? fallback.replace(/\/+$/, '') : `https://${domain}`;
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
