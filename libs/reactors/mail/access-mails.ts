import type { AccessDecided, RegistrationStatus } from '#domain/application/events.js';
import { credentialStatus, type ApplicationState, type Credential } from '#domain/application/state.js';
import type { LogEvent } from '#read-models/log-event.js';
import * as letters from './access-letters.js';
import { reasonIn, type Compose, type Draft } from './account-mails.js';
import type { Letter } from './letter.js';
import { apiName, applicationOf, sceneOf, type MailServices, type Scene } from './scene.js';

/** A letter to the owner of an application. */
async function toOwner(
  id: string,
  services: MailServices,
  write: (application: letters.Application, state: ApplicationState, scene: Scene) => Promise<Letter | undefined>,
): Promise<Draft | undefined> {
  const state = await applicationOf(services, id);
  const scene = state && (await sceneOf(services, state.developer_id));
  if (!scene) return undefined;
  const letter = await write({ name: state.name, url: scene.portal.links.application(id) }, state, scene);
  return letter && { scene, letter };
}

type Wording = (application: letters.Application, api: string, reason?: string) => Letter;

/** `status`: that of the registration while the decision stands; null: the registration is gone. */
const aboutAccess =
  (status: RegistrationStatus | null, wording: Wording): Compose =>
  (event, services) =>
    toOwner(event.entityId, services, async (application, { registrations }) => {
      const { registration_id, product_id, product_version_id } = event.data as unknown as AccessDecided;
      const now = registrations.find(({ id }) => id === registration_id)?.status ?? null;
      if (now !== status) return undefined;
      const api = await apiName(services, product_id, product_version_id);
      return wording(application, api, await reasonIn(event, services));
    });

/** Not of a key that was rotated: its owner chose when it ends. */
const keyExpired: Compose = (event, services) =>
  toOwner(event.entityId, services, async (application, state) => {
    const credential = credentialOf(state, event.data['credential_id'] as string);
    if (!credential || credential.replaced_by !== null) return undefined;
    return letters.keyExpired(application, credential.display_name, credential.expires_at);
  });

const credentialOf = ({ credentials }: ApplicationState, wanted: string): Credential | undefined =>
  credentials.find(({ id }) => id === wanted);

export const accessMails: Readonly<Record<string, Compose>> = {
  'application.access-approved.v1': aboutAccess('approved', letters.accessApproved),
  'application.access-rejected.v1': aboutAccess('rejected', letters.accessRejected),
  'application.access-revoked.v1': aboutAccess('revoked', letters.accessRevoked),
  'application.access-withdrawn.v1': aboutAccess(null, letters.requestClosed),
  'application.credential-expired.v1': keyExpired,
};

/** Owners withdraw by themselves; they are told only of what the service closed. */
export const isToldOfWithdrawal = ({ metadata }: LogEvent): boolean => metadata['actor_kind'] === 'system';

/** What the outbox keeps of a reminder that a key expires. */
export interface ExpiryNotice {
  readonly application_id: string;
  readonly credential_id: string;
  /** The expiry that it was about, ISO 8601. */
  readonly expires_at: string;
  readonly days: string;
}

/** The reminder; undefined if the key is gone, rotated, or over by now. */
export const keyExpiring = (notice: ExpiryNotice, now: string, services: MailServices): Promise<Draft | undefined> =>
  toOwner(notice.application_id, services, async (application, state) => {
    const credential = credentialOf(state, notice.credential_id);
    if (!credential || credential.replaced_by !== null || credential.expires_at !== notice.expires_at) return undefined;
    if (credentialStatus(credential, now) !== 'active') return undefined;
    return letters.keyExpiring(application, credential.display_name, Number(notice.days), notice.expires_at);
  });
