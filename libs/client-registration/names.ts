import type { ClientDetails } from './protocol.js';

/** Many identity providers take 100 characters at most. */
const MOST = 60;

/**
 * What the client is called at the provider: names of applications are unique for one developer only, and whoever looks
 * for the client of an application must find it.
 */
export const recognisableName = ({ name, application_id }: Pick<ClientDetails, 'name' | 'application_id'>): string =>
  `${[...name].slice(0, MOST).join('')} (${application_id})`;
