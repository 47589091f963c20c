import { folded, type Claim } from '../core/claims.js';

/** Unique per developer, trimmed and case-folded. */
export const nameClaim = (developerId: string, name: string): Claim => ({
  kind: 'application-name',
  scope: developerId,
  value: folded(name),
});

/** Unique per portal, exact: a gateway may know the application by it. */
export const referenceClaim = (portalId: string, referenceId: string): Claim => ({
  kind: 'reference-id',
  scope: portalId,
  value: referenceId,
});
