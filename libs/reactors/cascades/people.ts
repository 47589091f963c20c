import { CASCADES, forAll, type Cascade } from './tools.js';

/** A developer who may not sign in any more is signed in nowhere. */
export const endSessions: Cascade = async ({ entityId }, { sessions }) => {
  await sessions.endAllSessions(entityId);
};

/**
 * Everything of a removed developer goes: sessions, applications with their keys, password, links, and last the key to the
 * personal data, without which nothing could be sealed or opened for them.
 */
export const removeEverything: Cascade = async (event, services, performance) => {
  const { sessions, passwords, mailTokens, keyring, send } = services;
  const developer = event.entityId;
  await sessions.endAllSessions(developer);
  await forAll(
    services,
    performance,
    'applications',
    [{ field: 'developer_id', op: 'eq', value: developer }],
    ({ id }) =>
      // No reason: it would be sealed with the key that is about to go. The cause says why.
      send('DeleteApplication', { application_id: id }, id, { reactor: CASCADES, event }),
  );
  await passwords.remove(developer);
  await mailTokens.revokeAll(developer);
  await keyring.destroyPersonKey(developer);
};

/** An application that came into being while its developer was being removed. */
export const removeOrphan: Cascade = (event, { send }) =>
  send('DeleteApplication', { application_id: event.entityId }, event.entityId, { reactor: CASCADES, event });

/** A developer who signed up while the portal was being deleted. */
export const removeStray: Cascade = (event, { send }) =>
  send('RemoveDeveloper', { developer_id: event.entityId }, event.entityId, { reactor: CASCADES, event });
