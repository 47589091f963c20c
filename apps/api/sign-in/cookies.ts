import '@fastify/cookie';
import { ACCESS_COOKIE, REFRESH_COOKIE } from '../http/authentication.js';
import type { Context } from '../http/context.js';
import { hostname } from '../http/origin.js';
import { isLoopback } from '../config.js';
import { ACCESS_LIFETIME_MS, REFRESH_LIFETIME_MS, type Grant } from '#vault/sessions.js';

/** The refresh token goes nowhere but to the operations that need it. */
const REFRESH_PATH = '/api/v2/developer';

/** Host-only, out of reach of scripts, not sent along from other sites; over plain http only on this machine itself. */
export const attributes = ({ request }: Context, path: string) => ({
  path,
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: request.protocol === 'https' || !isLocal(hostname(request.host)),
});

const isLocal = (name: string): boolean => isLoopback(name) || name.endsWith('.localhost');

export function setSessionCookies(context: Context, { access, refresh }: Grant): void {
  const { reply } = context;
  reply.setCookie(ACCESS_COOKIE, access, { ...attributes(context, '/'), maxAge: ACCESS_LIFETIME_MS / 1000 });
  reply.setCookie(REFRESH_COOKIE, refresh, {
    ...attributes(context, REFRESH_PATH),
    maxAge: REFRESH_LIFETIME_MS / 1000,
  });
}

export function clearSessionCookies(context: Context): void {
  context.reply.clearCookie(ACCESS_COOKIE, attributes(context, '/'));
  context.reply.clearCookie(REFRESH_COOKIE, attributes(context, REFRESH_PATH));
}

/** The tokens that the request's cookies hold. */
export const tokensOf = ({ request }: Context): { access?: string | undefined; refresh?: string | undefined } => ({
  access: request.cookies[ACCESS_COOKIE],
  refresh: request.cookies[REFRESH_COOKIE],
});
