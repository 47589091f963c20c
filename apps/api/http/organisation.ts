import { v5 } from 'uuid';

/** What Kong's clients know as the organisation: the same for all portals of this installation. */
export const organisationIdOf = (logId: string): string => v5(`urn:gatehouse:log:${logId}`, v5.URL);
