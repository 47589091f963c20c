import { Controller, Inject } from '@nestjs/common';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation, ref } from '../http/operation.js';
import { invalid, notFound, Problem } from '../http/problem.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { admit, counted, developerByEmail, needPasswords } from './accounts.js';
import { EmailBody, NewPasswordBody, SignUpBody, TokenBody } from './bodies.js';
import { inEvenTime } from './even-time.js';
import type { Actor } from '#domain/core/decider.js';
import type { DeveloperState } from '#domain/developer/state.js';
import type { MailTokenGrant, MailTokenPurpose } from '#vault/mail-tokens.js';
import { passwordViolations } from '#vault/password-policy.js';

const TAG = 'Portal: developer';

/** Sign-up, and what is done with a mailed link. */
@Controller()
export class AccountsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation({
    id: 'register',
    method: 'POST',
    path: '/api/v2/developer',
    tag: TAG,
    summary: 'Sign up',
    description:
      'The answer, and the time it takes, are the same for an address that has signed up already: its owner gets a mail ' +
      'that says so. There is no password yet: the mail has a link to confirm the address and set one.',
    access: 'public',
    body: { class: SignUpBody },
    responses: { 201: { description: 'A mail is on its way.' } },
    errors: [400, 429],
  })
  async register(@Ctx() context: Context): Promise<void> {
    const { email, full_name } = context.body as unknown as SignUpBody;
    needPasswords(context);
    admit(this.services, 'sign-up', context, email);
    await inEvenTime(async () => {
      const values = { portal_id: context.portal.id, email, full_name };
      const outcome = await this.sender.offer(context, 'RegisterDeveloper', values, { silent: true });
      if (outcome.kind === 'refused' && outcome.refusal.refusal !== 'email_taken')
        throw this.sender.problem(context, outcome.refusal);
      await this.views();
    });
  }

  @Operation({
    id: 'verify-email',
    method: 'POST',
    path: '/api/v2/developer/verify-email',
    tag: TAG,
    summary: 'Confirm the e-mail address with the token of the mailed link',
    access: 'public',
    body: { class: TokenBody },
    responses: {
      202: { description: 'Confirmed; with a token to set a password.', schema: ref('PortalConfirmedEmail') },
    },
    errors: [400, 404, 410],
  })
  async verifyEmail(@Ctx() context: Context): Promise<Answer> {
    const { token } = context.body as unknown as TokenBody;
    const { developerId, portalId } = await this.grant(context, token, 'confirm-email');
    const email = await this.emailOf(developerId);
    await this.sender.send(context, 'ConfirmEmail', { developer_id: developerId }, { actor: owner(developerId) });
    const { mailTokens } = this.services;
    // Of this link, not of the event: a second link for an address that is confirmed by now must lead on as well.
    const next = await mailTokens.issue(`${token}:set-password`, { purpose: 'set-password', developerId, portalId });
    await mailTokens.consume(token);
    return new Answer({ email, token: next }, { headers: { 'cache-control': 'no-store' } });
  }

  @Operation({
    id: 'reset-password',
    method: 'POST',
    path: '/api/v2/developer/reset-password',
    tag: TAG,
    summary: 'Set a password with the token of a mailed link',
    description:
      'At least 12 characters of any kind, not a common password, without the e-mail address. Every session of the ' +
      'developer ends. An Idempotency-Key is not needed: a token works once.',
    access: 'public',
    body: { class: NewPasswordBody },
    responses: { 204: { description: 'The password is set.' } },
    errors: [400, 401, 404, 410],
  })
  async resetPassword(@Ctx() context: Context): Promise<void> {
    const { password, token } = context.body as unknown as NewPasswordBody;
    needPasswords(context);
    const { developerId } = await this.grant(context, token, 'set-password');
    const email = await this.emailOf(developerId);
    const violations = passwordViolations(password, email);
    if (violations.length > 0)
      throw invalid(...violations.map((violation) => ({ field: 'password', ...violation, source: 'body' as const })));
    const { passwords, mailTokens, sessions, throttle } = this.services;
    const values = { developer_id: developerId };
    await passwords.set(developerId, password);
    try {
      // Silent: a receipt would hold a fast hash of the password.
      await this.sender.send(context, 'SetPassword', values, { actor: owner(developerId), silent: true });
    } finally {
      await sessions.endAllSessions(developerId);
    }
    // Last, so that after a crash before it the same link finishes the work.
    await mailTokens.consume(token);
    throttle.succeeded('sign-in', ...counted(context, email));
    await this.views();
  }

  @Operation({
    id: 'forgot-password',
    method: 'POST',
    path: '/api/v2/developer/forgot-password',
    tag: TAG,
    summary: 'Have a link to set a new password mailed',
    description:
      'The answer, and the time it takes, are the same for an address that nobody signed up with. Within ten minutes there ' +
      'is no second mail: the link of the first stays good.',
    access: 'public',
    body: { class: EmailBody },
    responses: { 200: { description: 'If the address is known, a mail is on its way.' } },
    errors: [400, 429],
  })
  async forgotPassword(@Ctx() context: Context): Promise<void> {
    const { email } = context.body as unknown as EmailBody;
    needPasswords(context);
    admit(this.services, 'reset', context, email);
    await inEvenTime(async () => {
      const developer_id = await developerByEmail(this.services, context.portal.id, email);
      if (developer_id !== undefined)
        await this.sender.offer(context, 'RequestPasswordReset', { developer_id }, { silent: true });
      await this.views();
    });
  }

  /** Waits for the list of developers, whether or not anything was written: the view's delay would tell. */
  private async views(): Promise<void> {
    const { reads, store } = this.services;
    await reads.waitFor(await store.head(), 2000, ['developers']);
  }

  /** Whose link it is. @throws Problem 404 for no such link, 410 for one that is over */
  private async grant(context: Context, token: string, purpose: MailTokenPurpose): Promise<MailTokenGrant> {
    const found = await this.services.mailTokens.peek(token);
    if (found.status === 'unknown' || found.purpose !== purpose || found.portalId !== context.portal.id)
      throw notFound('This link');
    if (found.status === 'used')
      throw new Problem(410, 'link_used', 'This link was used already. Ask for a new password to get another one.');
    if (found.status === 'expired')
      throw new Problem(
        410,
        'link_expired',
        'The time of this link is over, or there is a newer one. Ask for another.',
      );
    return found;
  }

  /** @throws Problem 404 if the developer is there no more */
  private async emailOf(developerId: string): Promise<string> {
    const { cache, keyring } = this.services;
    const { state } = await cache.load<DeveloperState>('developer', developerId);
    const email = state.exists ? await keyring.open(state.email) : undefined;
    if (email === undefined) throw notFound('This link');
    return email;
  }
}

/** Whoever has the token got it by mail, so it is the developer who acts. */
const owner = (id: string): Actor => ({ kind: 'developer', id });
