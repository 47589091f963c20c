/**
 * A value that only one stream may hold at a time (an e-mail per portal, a reference id per portal).
 * The domain normalises the value; the command handler replaces it with a keyed hash before it is stored,
 * so that no readable value reaches the log or the claims table.
 */
export interface Claim {
  readonly kind: ClaimKind;
  /** What the value is unique within: a portal id, a developer id, or '*' for the whole installation. */
  readonly scope: string;
  readonly value: string;
}

/** Each kind with the refusal that the second taker gets. `undefined`: a look-up key that cannot collide (ids). */
export const CLAIM_KINDS = {
  'developer-email': 'email_taken',
  'developer-identity': 'identity_taken',
  'application-name': 'application_name_taken',
  'reference-id': 'reference_id_taken',
  'portal-name': 'portal_name_taken',
  'team-name': 'team_name_taken',
  'portal-domain': 'portal_domain_taken',
  'gateway-service': 'gateway_service_taken',
  'product-version': undefined,
} as const;

export type ClaimKind = keyof typeof CLAIM_KINDS;

/** What is not shown at all (zero-width spaces and joiners, soft hyphens): two names must differ in what people see. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Without invisible characters, trimmed and case-folded. */
export const folded = (value: string): string => value.replace(INVISIBLE, '').trim().normalize('NFC').toLowerCase();

export const emailClaim = (portalId: string, email: string): Claim => ({
  kind: 'developer-email',
  scope: portalId,
  value: folded(email),
});

/** Finds the product that owns a version: ids never collide, so this claim serves as an exact index. */
export const productVersionClaim = (versionId: string): Claim => ({
  kind: 'product-version',
  scope: '*',
  value: versionId,
});
