import type { JwtFault } from '#oidc/verify.js';

/** Why a sign-on came to nothing: stable words for log lines, metrics and pages. */
export type SignOnFailure =
  | 'declined' // the person, or the provider's policy, said no
  | 'provider-error' // the provider answered with another error
  | 'provider-unavailable'
  | 'no-code' // the callback holds neither a code nor an error
  | 'state-unknown' // no login of this browser: forged, another browser, or cookies are off
  | 'state-expired'
  | 'replayed'
  | 'wrong-issuer' // the answer comes from another provider (RFC 9207)
  | 'provider-changed' // the portal's settings were changed during the login
  | 'code-refused' // made up, used up, or of another login (PKCE)
  | 'client-refused' // the provider does not accept the client id with this secret
  | 'no-id-token'
  | 'wrong-nonce'
  | 'subject-mismatch'
  | `id-token-${Exclude<JwtFault, 'provider-unavailable'>}`
  | 'id-token-refused'
  | 'userinfo-unusable'
  | 'no-email';

/** A sign-on that ended without a person. The reason says all there is: no message of a provider is passed on. */
export class SignOnFailed extends Error {
  override readonly name = 'SignOnFailed';

  constructor(
    readonly reason: SignOnFailure,
    /** Where the person came from, once the login is known: checked when it began. */
    readonly returnTo?: string,
  ) {
    super(`single sign-on: ${reason}`);
  }
}
