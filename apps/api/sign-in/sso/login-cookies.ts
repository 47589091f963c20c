import '@fastify/cookie';
import type { Context } from '../../http/context.js';
import { attributes } from '../cookies.js';
import { LOGIN_LIFETIME_MS, type Login, type Logins } from '#sso/logins.js';

const PATH = '/api/v2/developer/authenticate';

/** Logins that a browser keeps: as many tabs as people have, and far from what servers take as headers. */
const MOST_LOGINS = 6;

/** Gives the browser its login to bring back. Sent along when the provider sends the browser here: SameSite=Lax. */
export function setLogin(context: Context, logins: Logins, login: Login): void {
  const { request, reply } = context;
  const held = logins.held(request.cookies);
  for (const name of held.slice(0, Math.max(0, held.length - MOST_LOGINS + 1)))
    reply.clearCookie(name, attributes(context, PATH));
  reply.setCookie(logins.cookieName(login.state), logins.seal(login), {
    ...attributes(context, PATH),
    maxAge: LOGIN_LIFETIME_MS / 1000,
  });
}

/** The login that this browser began with the state in the query; undefined if it began none. */
export function loginOf({ request, query }: Context, logins: Logins): Login | undefined {
  const state: unknown = query['state'];
  if (typeof state !== 'string') return undefined;
  return logins.open(state, request.cookies[logins.cookieName(state)]);
}

export function clearLogin(context: Context, logins: Logins, login: Login): void {
  context.reply.clearCookie(logins.cookieName(login.state), attributes(context, PATH));
}
