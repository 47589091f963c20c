import type { StoredEvent } from '#event-store/port.js';
import type { Keyring } from '#vault/keyring.js';
import { describe, resultOf, type Operation } from '../history.js';

/** Every API key that a client was shown, be it after a crash, is the one whose digest is in the log. */
export function checkKeys(
  keyring: Keyring,
  events: readonly StoredEvent[],
  operations: readonly Operation[],
): readonly string[] {
  const digests = new Map(
    events
      .filter(({ type }) => type === 'application.credential-generated.v1')
      .map(({ data }) => [data['credential_id'], data['digest']]),
  );
  return operations.flatMap((operation) => {
    const { id, credential } = resultOf(operation);
    if (credential === undefined || digests.get(id) === keyring.apiKeys.digest(credential)) return [];
    return [`${describe(operation)}: the key that was shown is not the one that was stored`];
  });
}
