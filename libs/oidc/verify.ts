import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose';
import type { Issuers } from './issuers.js';
import { IssuerUnavailable } from './unavailable.js';

/** Loaded with the first token: many servers never see one. */
const jose = () => import('jose');
type Errors = Awaited<ReturnType<typeof jose>>['errors'];

/** Signatures that a public key verifies. `none` and HMAC are not among them (RFC 8725, section 3.1). */
export const SIGNATURE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

export type JwtFault =
  | 'malformed'
  | 'wrong-type'
  | 'wrong-issuer'
  | 'wrong-audience'
  | 'expired'
  | 'not-yet'
  | 'bad-signature'
  | 'unknown-key'
  | 'wrong-algorithm'
  | 'provider-unavailable';

export type JwtVerdict =
  { readonly ok: true; readonly claims: JWTPayload } | { readonly ok: false; readonly reason: JwtFault };

export interface JwtExpectations {
  readonly issuers: Pick<Issuers, 'keys'>;
  readonly issuer: string;
  /** One of these must be in `aud`. Absent: any audience. */
  readonly audience?: string | readonly string[];
  /** Default: SIGNATURE_ALGORITHMS. */
  readonly algorithms?: readonly string[];
  /** The header's `typ`, e.g. `at+jwt` (RFC 9068, section 2.1). Absent: any. */
  readonly typ?: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Seconds that clocks may differ; default 30. */
  readonly clockToleranceS?: number;
}

/** The claims of a token, without any check: to find out whose keys would verify it. Undefined: not a JWT. */
export async function peekClaims(token: string): Promise<JWTPayload | undefined> {
  const { decodeJwt } = await jose();
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/**
 * Verifies a signed JWT (RFC 7519, RFC 8725): signature by a key of the issuer, issuer, audience, `exp` (required), `nbf`.
 * Never throws for a token that is not good.
 */
export async function verifyJwt(token: string, expected: JwtExpectations): Promise<JwtVerdict> {
  const options: JWTVerifyOptions = {
    algorithms: [...(expected.algorithms ?? SIGNATURE_ALGORITHMS)],
    issuer: expected.issuer,
    requiredClaims: ['exp'],
    currentDate: new Date(expected.now()),
    clockTolerance: expected.clockToleranceS ?? 30,
    ...(expected.audience === undefined ? {} : { audience: [expected.audience].flat() }),
    ...(expected.typ === undefined ? {} : { typ: expected.typ }),
  };
  try {
    // A token of another issuer must not cause a call to this one.
    const claims = await peekClaims(token);
    if (!claims) return { ok: false, reason: 'malformed' };
    if (claims.iss !== expected.issuer) return { ok: false, reason: 'wrong-issuer' };
    const { payload } = await verifyWithAny(token, await expected.issuers.keys(expected.issuer), options);
    return { ok: true, claims: payload };
  } catch (error) {
    return { ok: false, reason: reasonOf(error, (await jose()).errors) };
  }
}

/** Where several keys would fit (no `kid`), each is tried. */
async function verifyWithAny(token: string, keys: JWTVerifyGetKey, options: JWTVerifyOptions) {
  const { jwtVerify, errors } = await jose();
  try {
    return await jwtVerify(token, keys, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options);
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

const BY_CLAIM: Readonly<Record<string, JwtFault>> = {
  iss: 'wrong-issuer',
  aud: 'wrong-audience',
  exp: 'expired',
  nbf: 'not-yet',
  typ: 'wrong-type',
};

function reasonOf(error: unknown, errors: Errors): JwtFault {
  if (error instanceof IssuerUnavailable) return 'provider-unavailable';
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    // A time that is missing or no number is no time that was missed.
    const timeless = (error.claim === 'exp' || error.claim === 'nbf') && error.reason !== 'check_failed';
    return timeless ? 'malformed' : (BY_CLAIM[error.claim] ?? 'malformed');
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'wrong-algorithm';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad-signature';
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown-key';
  if (error instanceof errors.JOSEError) return 'malformed';
  throw error;
}
