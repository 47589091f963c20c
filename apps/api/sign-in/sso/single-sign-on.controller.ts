import { Controller, Inject } from '@nestjs/common';
import { Answer } from '../../http/answer.interceptor.js';
import { Ctx, type Context, type GatehouseRequest } from '../../http/context.js';
import { Operation } from '../../http/operation.js';
import { invalid, Problem } from '../../http/problem.js';
import { toProblem } from '../../http/problem.filter.js';
import { Sender } from '../../http/sender.js';
import { SERVICES, type Services } from '../../services.js';
import { clearLogin, loginOf, setLogin } from './login-cookies.js';
import { setSessionCookies, tokensOf } from '../cookies.js';
import { admit, SINGLE_SIGN_ON } from './admit.js';
import { failureOf, type Failure, type FailureReason } from './failures.js';
import { failurePage, PAGE_POLICY } from './page.js';
import { redirectUriOf, returnToOf, signedInAt } from './return-to.js';
import { takeGroups } from './groups.js';
import { activeProvider } from '#domain/portal/identity-provider.js';
import { SignOnFailed } from '#sso/failure.js';

const TAG = 'Portal: developer';
const PAGE = { description: 'A page that says why not.', contentType: 'text/html', schema: { type: 'string' } };

/** The way to the identity provider and back. People come here by their browsers, so failures are pages. */
@Controller()
export class SingleSignOnController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'authenticate-sso',
    method: 'GET',
    path: '/api/v2/developer/authenticate/sso',
    tag: TAG,
    summary: 'Sign in through the identity provider',
    description:
      'For a browser to go to. It comes back to `returnTo`, which must be a place of this portal, with `loginSuccess=true` and the session in its cookies. A failure is a page for people, or a problem for a caller that does not accept text/html.',
    access: 'public',
    query: { returnTo: { description: 'Where to come back to.', schema: { type: 'string' } } },
    responses: { 302: { description: 'To the identity provider.' } },
    errors: [400, 503],
  })
  async begin(@Ctx() context: Context): Promise<Answer> {
    const { request, portal, query } = context;
    const { config, signOn } = this.services;
    return this.answering(context, 'begin', async () => {
      if (portal.state.is_public) return { reason: 'portal-public' };
      const provider = activeProvider(portal.state.identity_providers);
      if (!provider) return { reason: 'disabled' };
      const returnTo = returnToOf(query['returnTo'], request, portal.state, config.portalUrl);
      if (!returnTo) return { reason: 'return-to' };
      const urls = { returnTo: returnTo.href, redirectUri: redirectUriOf(request, returnTo) };
      const { location, login } = await signOn.begin(portal.id, provider, urls);
      setLogin(context, this.services.logins, login);
      return { location };
    });
  }

  @Operation({
    id: 'authenticate-oidc-callback',
    method: 'GET',
    path: '/api/v2/developer/authenticate/oidc-callback',
    tag: TAG,
    summary: 'Come back from the identity provider',
    description:
      'The redirect URI to register at the provider. Signs the developer in, making the account at the first time, and sends the browser on to where the sign-in began.',
    access: 'public',
    query: 'any',
    responses: { 302: { description: 'Signed in: to where the sign-in began.' }, 401: PAGE },
    errors: [400, 503],
  })
  async finish(@Ctx() context: Context): Promise<Answer> {
    const { portal, query } = context;
    const { signOn, logins, sessions } = this.services;
    return this.answering(context, 'finish', async () => {
      if (portal.state.is_public) return { reason: 'portal-public' };
      const login = loginOf(context, logins);
      if (login) clearLogin(context, logins, login);
      const provider = activeProvider(portal.state.identity_providers);
      const person = await signOn.finish(portal.id, provider, login, query);
      const { returnTo } = login!;
      const admission = await admit(this.services, this.sender, context, provider!, person);
      if ('obstacle' in admission) return { reason: admission.obstacle, returnTo };
      const { developerId } = admission;
      await takeGroups(this.sender, context, developerId, person, SINGLE_SIGN_ON);
      // A session that was planted in this browser before must not become theirs.
      await sessions.endSession(tokensOf(context));
      setSessionCookies(context, await sessions.startSession(developerId, portal.id));
      return { location: signedInAt(returnTo) };
    });
  }

  /** The redirect or the failure's page, with its reason in the log line and in a metric. */
  private async answering(
    context: Context,
    step: 'begin' | 'finish',
    work: () => Promise<{ location: string } | { reason: FailureReason; returnTo?: string }>,
  ): Promise<Answer> {
    const request = context.request as GatehouseRequest;
    const result = await work().catch((error: unknown) => this.failed(error, request));
    const reason = 'location' in result ? 'none' : result.reason;
    this.services.metrics.signOns.inc({ step, outcome: reason === 'none' ? 'succeeded' : 'failed', reason });
    request.logged = { ...request.logged, sso: reason };
    if ('location' in result)
      return new Answer(undefined, {
        status: 302,
        headers: { location: result.location, 'cache-control': 'no-store' },
      });
    return answerFailure(context, result.reason, failureOf(result.reason), result.returnTo);
  }

  private failed(error: unknown, request: GatehouseRequest): { reason: FailureReason; returnTo?: string } {
    if (error instanceof SignOnFailed) {
      const { reason, returnTo } = error;
      return { reason, ...(returnTo === undefined ? {} : { returnTo }) };
    }
    if (toProblem(error, request).status === 500)
      this.services.log.error({ err: error, request: request.id }, 'unexpected error');
    return { reason: 'unavailable' };
  }
}

function answerFailure(context: Context, reason: FailureReason, failure: Failure, back: string | undefined): Answer {
  const { request, portal } = context;
  const code = `sso_${reason.replaceAll('-', '_')}`;
  if (!/text\/html/i.test(request.headers.accept ?? '')) {
    const { status, title, text } = failure;
    if (status !== 400) throw new Problem(status, code, text, { title });
    const [fault] = invalid({ field: 'authenticate/sso', reason: text, rule: 'invalid', source: 'path' }).options
      .invalid!;
    throw new Problem(400, code, text, { title, invalid: [fault!] });
  }
  const page = failurePage({ ...failure, portal: portal.state.display_name, back, reference: request.id });
  return new Answer(page, {
    status: failure.status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': PAGE_POLICY,
      'cache-control': 'no-store',
      ...(failure.status === 503 ? { 'retry-after': '60' } : {}),
    },
  });
}
