import { v5 } from 'uuid';
import type { Keyring } from '#vault/keyring.js';

/**
 * What Kong's clients and bridges know as the organisation: the same for all portals of this installation, and after a move to
 * other engines, which gives the log another id.
 */
export const organisationIdOf = (keyring: Pick<Keyring, 'hmac'>): string =>
  v5(`urn:gatehouse:installation:${keyring.hmac('organisation', '')}`, v5.URL);
