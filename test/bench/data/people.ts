import { emailClaim } from '#domain/core/claims.js';
import type { MintedKey, NewEvent } from '#domain/core/decider.js';
import { nameClaim, referenceClaim } from '#domain/application/claims.js';
import type { ApplicationEvent } from '#domain/application/events.js';
import type { DeveloperEvent } from '#domain/developer/events.js';
import { benchId } from './ids.js';
import { ownerOf, PORTAL, requestsOf, STRATEGY, versionAskedFor, type Scale } from './plan.js';
import { approvesByItself } from './products.js';
import { ADMIN, developerActor, step, type Step } from './steps.js';
import { random, words } from './words.js';

/** A sign-up, confirmed and approved. */
export function developerHistory(n: number): readonly Step[] {
  const id = benchId('developer', n);
  const self = developerActor(id);
  const email = `developer-${n}@example.com`;
  const full_name = words(2, random(n));
  const send = (command: string, actor: Step['actor'], ...events: readonly NewEvent<DeveloperEvent>[]) =>
    step(command, actor, ...events);
  return [
    send('RegisterDeveloper', { kind: 'anonymous', id: '' }, {
      type: 'developer.registered.v1',
      data: { portal_id: PORTAL, email, full_name },
      take: [emailClaim(PORTAL, email)],
      subject: id,
    }),
    send(
      'SetPassword',
      self,
      { type: 'developer.email-confirmed.v1', data: {} },
      { type: 'developer.password-set.v1', data: {} },
    ),
    send('ApproveDeveloper', ADMIN, {
      type: 'developer.approved.v1',
      data: { from: 'pending', reason: 'is a customer' },
      subject: id,
    }),
  ];
}

/** A password forgotten, and set anew: what fills a log up. */
export const passwordReset = (developer: number): readonly Step[] => {
  const self = developerActor(benchId('developer', developer));
  return [
    step('RequestPasswordReset', self, { type: 'developer.password-reset-requested.v1', data: {} }),
    step('SetPassword', self, { type: 'developer.password-set.v1', data: {} }),
  ];
};

export type MintKey = (application: number, credential: number) => MintedKey;

/** The application's n-th credential: each has two. */
export const credentialNumber = (application: number, which: number): number => 2 * application + which;

/** The key in force in the end is that of the second credential. Each application has some approved access. */
export function applicationHistory(n: number, scale: Scale, mint: MintKey): readonly Step[] {
  const developer_id = benchId('developer', ownerOf(n));
  const self = developerActor(developer_id);
  const next = random(n + 2_000_000);
  const send = (command: string, actor: Step['actor'], ...events: readonly NewEvent<ApplicationEvent>[]) =>
    step(command, actor, ...events);
  const name = `${words(2, next)} ${n}`;
  const reference_id = `reference-${n}`;
  const description = words(8, next);
  const created = { portal_id: PORTAL, developer_id, name, description, reference_id, redirect_uri: null };
  return [
    send('CreateApplication', self, {
      type: 'application.created.v1',
      data: { ...created, auth_strategy_id: STRATEGY, scopes: [] },
      take: [nameClaim(developer_id, name), referenceClaim(PORTAL, reference_id)],
    }),
    send('GenerateCredential', self, generated(n, 0, mint)),
    ...Array.from({ length: requestsOf(n) }, (_, request) => access(n, request, scale, developer_id)).flat(),
    send('EditApplication', self, { type: 'application.edited.v1', data: { description: words(9, next) } }),
    send('RotateCredential', self, rotated(n), generated(n, 1, mint)),
    send('ExpireCredential', { kind: 'system', id: 'key-expiry' }, {
      type: 'application.credential-expired.v1',
      data: { credential_id: benchId('credential', credentialNumber(n, 0)) },
    }),
    send('RenameCredential', self, {
      type: 'application.credential-renamed.v1',
      data: { credential_id: benchId('credential', credentialNumber(n, 1)), display_name: words(2, next) },
    }),
    send('EditApplication', self, { type: 'application.edited.v1', data: { description: words(7, next) } }),
  ];
}

function generated(application: number, which: number, mint: MintKey): NewEvent<ApplicationEvent> {
  const credential = credentialNumber(application, which);
  const { digest, algorithm } = mint(application, credential);
  const replaces = which === 0 ? null : benchId('credential', credential - 1);
  const what = { credential_id: benchId('credential', credential), display_name: `Key ${which + 1}` };
  return { type: 'application.credential-generated.v1', data: { ...what, digest, algorithm, expires_at: null, replaces } };
}

const rotated = (application: number): NewEvent<ApplicationEvent> => ({
  type: 'application.credential-rotated.v1',
  data: {
    credential_id: benchId('credential', credentialNumber(application, 0)),
    replaced_by: benchId('credential', credentialNumber(application, 1)),
    expires_at: '2023-01-03T00:00:00.000Z',
  },
});

/** The first request is approved and stays so; the second is revoked for a while; the third may still wait. */
function access(application: number, request: number, scale: Scale, developer: string): readonly Step[] {
  const version = versionAskedFor(scale, application, request);
  const ids = {
    registration_id: benchId('registration', 3 * application + request),
    product_id: benchId('product', Math.floor(version / 2)),
    product_version_id: benchId('version', version),
  };
  const decision = (outcome: 'approved' | 'revoked', from: 'pending' | 'approved' | 'revoked', reason: string | null) =>
    ({
      type: `application.access-${outcome}.v1`,
      data: { ...ids, from, reason },
      ...(reason !== null && { subject: developer }),
    }) as NewEvent<ApplicationEvent>;
  const requested: NewEvent<ApplicationEvent> = {
    type: 'application.access-requested.v1',
    data: { ...ids, scopes: [], reason: null },
  };
  const self = developerActor(developer);
  if (approvesByItself(version)) {
    return [step('RequestAccess', self, requested, { ...decision('approved', 'pending', null), by: 'policy' })];
  }
  const first = [step('RequestAccess', self, requested)];
  if (request === 2) return first;
  const approved = [...first, step('ApproveApp', ADMIN, decision('approved', 'pending', 'fits the plan'))];
  if (request === 0) return approved;
  return [
    ...approved,
    step('RevokeApp', ADMIN, decision('revoked', 'approved', 'unpaid')),
    step('ApproveApp', ADMIN, decision('approved', 'revoked', 'paid')),
  ];
}
