import { Controller, Inject } from '@nestjs/common';
import { developerOf, Ctx, type Context } from '../http/context.js';
import { Operation, ref } from '../http/operation.js';
import { notFound, Problem } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { admit, developerByEmail, needPasswords, obstacleTo } from './accounts.js';
import { SignInBody } from './bodies.js';
import { clearSessionCookies, setSessionCookies, tokensOf } from './cookies.js';
import type { DeveloperState } from '#domain/developer/state.js';
import type { Session } from '#vault/sessions.js';

const TAG = 'Portal: developer';

const COOKIES = { 'Set-Cookie': 'portalaccesstoken, good for 15 minutes, and portalrefreshtoken, good for 7 days.' };

/** Signing in and out, by cookies. */
@Controller()
export class SessionsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Operation({
    id: 'authenticate',
    method: 'POST',
    path: '/api/v2/developer/authenticate',
    tag: TAG,
    summary: 'Sign in with e-mail address and password',
    access: 'cookie',
    body: { class: SignInBody },
    responses: { 204: { description: 'Signed in.', headers: COOKIES } },
    errors: [400, 401, 404, 429],
  })
  async authenticate(@Ctx() context: Context): Promise<void> {
    const { portal } = context;
    if (portal.state.is_public) throw notFound('Signing in to a public portal');
    needPasswords(context);
    const developerId = await this.whoHasThePassword(context);
    if (developerId === undefined) {
      const detail = 'No account has this e-mail address and password.';
      throw new Problem(401, 'invalid_credentials', detail, { title: 'Invalid Credentials' });
    }
    const { sessionStates, sessions } = this.services;
    const { state } = await sessionStates.load<DeveloperState>('developer', developerId);
    const obstacle = obstacleTo(state);
    if (obstacle) throw obstacle;
    setSessionCookies(context, await sessions.startSession(developerId, portal.id));
  }

  /** The developer whose address and password these are. An attempt that could not be looked at does not count. */
  private async whoHasThePassword(context: Context): Promise<string | undefined> {
    const { username, password } = context.body as unknown as SignInBody;
    const attempt = admit(this.services, 'sign-in', context, username);
    try {
      const developerId = await developerByEmail(this.services, context.portal.id, username);
      const right = await this.services.passwords.verify(developerId, password);
      if (!right || developerId === undefined) return undefined;
      attempt.succeeded();
      return developerId;
    } catch (error) {
      attempt.takeBack();
      throw error;
    }
  }

  @Operation({
    id: 'refresh',
    method: 'POST',
    path: '/api/v2/developer/refresh',
    tag: TAG,
    summary: 'New cookies for the refresh cookie',
    description:
      'A refresh token works once; for 30 seconds it gives its successor again. Used later, it ends the session.',
    access: 'cookie',
    responses: { 204: { description: 'Still signed in.', headers: COOKIES } },
    errors: [401],
  })
  async refresh(@Ctx() context: Context): Promise<void> {
    const { sessions } = this.services;
    const { refresh } = tokensOf(context);
    const grant = refresh === undefined ? undefined : await sessions.refresh(refresh, context.portal.id);
    if (grant && (await this.isApproved(grant.session))) {
      setSessionCookies(context, grant);
      return;
    }
    if (grant) await sessions.endSession(grant);
    clearSessionCookies(context);
    throw new Problem(401, 'session_over', 'The session is over. Sign in again.');
  }

  private async isApproved({ developerId }: Session): Promise<boolean> {
    const { state } = await this.services.sessionStates.load<DeveloperState>('developer', developerId);
    return state.status === 'approved';
  }

  @Operation({
    id: 'logout',
    method: 'POST',
    path: '/api/v2/developer/logout',
    tag: TAG,
    summary: 'End every session of the developer',
    description: 'Succeeds without a session, too.',
    access: 'cookie',
    responses: { 204: { description: 'Signed out.', headers: { 'Set-Cookie': 'Both cookies, cleared.' } } },
    errors: [],
  })
  async logout(@Ctx() context: Context): Promise<void> {
    clearSessionCookies(context);
    const session = await this.sessionAt(context);
    if (session) await this.services.sessions.endAllSessions(session.developerId);
  }

  /** The session of the cookies; one of another portal is none of ours to end. */
  private async sessionAt(context: Context): Promise<Session | undefined> {
    const { sessions } = this.services;
    const { id } = context.portal;
    const { access, refresh } = tokensOf(context);
    const session = access === undefined ? undefined : await sessions.authenticate(access);
    if (session?.portalId === id) return session;
    // The access token may be over while its session is not.
    return refresh === undefined ? undefined : (await sessions.refresh(refresh, id))?.session;
  }

  @Operation({
    id: 'get-developer-me',
    method: 'GET',
    path: '/api/v2/developer/me',
    tag: TAG,
    summary: 'The account of the signed-in developer',
    access: 'developer',
    responses: { 200: { description: 'The account.', schema: ref('PortalDeveloper') } },
    errors: [401, 404],
  })
  async me(@Ctx() context: Context) {
    const { id, state, revision } = developerOf(context);
    const [email, full_name] = await this.services.keyring.openMany([state.email, state.full_name]);
    context.revision = revision;
    return {
      id,
      email: email ?? '[erased]',
      full_name: full_name ?? '[erased]',
      created_at: state.created_at,
      updated_at: state.updated_at,
    };
  }
}
