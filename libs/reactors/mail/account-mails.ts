import { isUnproven } from '#domain/developer/decide.js';
import type { DeveloperStatus } from '#domain/developer/events.js';
import type { LogEvent } from '#read-models/log-event.js';
import type { MailTokenPurpose } from '#vault/mail-tokens.js';
import * as letters from './account-letters.js';
import type { Letter } from './letter.js';
import { sceneOf, type MailServices, type Scene } from './scene.js';

/** A letter and to whom. */
export interface Draft {
  readonly scene: Scene;
  readonly letter: Letter;
}

/** The mail that an event calls for; undefined if by now it would be untrue, or there is nobody to get it. */
export type Compose = (event: LogEvent, services: MailServices) => Promise<Draft | undefined>;

type Write = (scene: Scene, event: LogEvent, services: MailServices) => Promise<Letter | undefined>;

const toDeveloper =
  (write: Write): Compose =>
  async (event, services) => {
    const scene = await sceneOf(services, event.entityId);
    const letter = scene && (await write(scene, event, services));
    return letter && { scene, letter };
  };

/** The reason in an event, opened; undefined if there is none, or it is forgotten. */
export async function reasonIn({ data }: LogEvent, { keyring }: MailServices): Promise<string | undefined> {
  const sealed = data['reason'];
  return typeof sealed === 'string' ? keyring.open(sealed) : undefined;
}

/** A token for the link, the same at every try; undefined once it is used, over, or replaced by a newer one. */
async function tokenFor(
  { developerId, developer: { portal_id: portalId } }: Scene,
  purpose: MailTokenPurpose,
  { id }: LogEvent,
  { mailTokens }: MailServices,
): Promise<string | undefined> {
  const token = await mailTokens.issue(id, { purpose, developerId, portalId });
  return (await mailTokens.peek(token)).status === 'valid' ? token : undefined;
}

const confirm: Write = async (scene, event, services) => {
  if (scene.developer.email_confirmed || isUnproven(scene.developer)) return undefined;
  const token = await tokenFor(scene, 'confirm-email', event, services);
  return token === undefined ? undefined : letters.confirmAddress(scene.portal, token, scene.email);
};

/** Whoever has not confirmed yet has perhaps lost the mail, and gets a new link. */
const remind: Write = async (scene, event, services) =>
  scene.developer.email_confirmed || isUnproven(scene.developer)
    ? letters.accountExists(scene.portal, scene.developer.status)
    : confirm(scene, event, services);

const setPassword: Write = async (scene, event, services) => {
  const token = await tokenFor(scene, 'set-password', event, services);
  return token === undefined ? undefined : letters.setPassword(scene.portal, token, scene.email);
};

/** Only while the decision stands: a later one has a mail of its own. */
const decided = (status: DeveloperStatus, write: (scene: Scene, reason: string | undefined) => Letter): Compose =>
  toDeveloper(async (scene, event, services) =>
    scene.developer.status === status ? write(scene, await reasonIn(event, services)) : undefined,
  );

export const accountMails: Readonly<Record<string, Compose>> = {
  'developer.registered.v1': toDeveloper(confirm),
  'developer.sign-up-repeated.v1': toDeveloper(remind),
  'developer.password-reset-requested.v1': toDeveloper(setPassword),
  'developer.approved.v1': decided('approved', ({ portal, developer }, reason) =>
    letters.accountApproved(portal, developer.email_confirmed || isUnproven(developer), reason),
  ),
  'developer.rejected.v1': decided('rejected', ({ portal }, reason) => letters.accountRejected(portal, reason)),
  'developer.revoked.v1': decided('revoked', ({ portal }, reason) =>
    letters.accountRevoked(portal, portal.state.keep_keys_of_revoked_developers, reason),
  ),
};
