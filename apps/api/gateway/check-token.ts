import { LRUCache } from 'lru-cache';
import type { IncomingHttpHeaders } from 'node:http';
import type { JWTPayload } from 'jose';
import type { CurrentStates } from '#command-handling/current-states.js';
import { mayUse } from '#domain/application/may-call.js';
import type { ApplicationState } from '#domain/application/state.js';
import type { OpenIdConnect } from '#domain/auth-strategy/events.js';
import type { DeveloperState } from '#domain/developer/state.js';
import type { PortalState } from '#domain/portal/state.js';
import { claimAt } from '#oidc/claims.js';
import type { Issuers } from '#oidc/issuers.js';
import { peekClaims, verifyJwt, type JwtFault } from '#oidc/verify.js';
import type { TokenReason, Verdict } from './check.js';
import type { ClientsIndex, Strategy } from './clients-index.js';

/** So long a verified token is believed without another look at its signature: a key that the issuer withdraws ends it then. */
const BELIEVED_MS = 60_000;
/** Characters of tokens that are remembered. */
const REMEMBERED = 16 * 1024 * 1024;
const BEARER_JWT = /^bearer +(eyJ[\w-]*\.[\w-]+\.[\w-]*)$/i;

/** The JWT that a call brings as its bearer token (RFC 6750, section 2.1), by its looks. */
export function presentedToken({ authorization }: IncomingHttpHeaders): string | undefined {
  // Most calls come with a key.
  return authorization === undefined ? undefined : BEARER_JWT.exec(authorization)?.[1];
}

export interface TokenCheck {
  /** `portal`: the only one whose applications the asker may let through; those of others only if it has none. */
  (token: string, productVersionId: string, portal?: string): Promise<Verdict>;
}

export interface TokenCheckOptions {
  readonly clients: ClientsIndex;
  readonly states: CurrentStates;
  readonly issuers: Issuers;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Whether the application that an access token was issued to may call a version. The token must be of an issuer that a
 * strategy names, for the strategy's audience if it has one, and one of the strategy's credential claims must be the
 * application's reference id. Then the same approvals count as for API keys.
 */
export function createTokenCheck({ clients, states, issuers, now }: TokenCheckOptions): TokenCheck {
  const believed = new LRUCache<string, { readonly claims: JWTPayload; readonly until: number }>({
    maxSize: REMEMBERED,
    sizeCalculation: (_, token) => token.length,
  });

  /** A token of an issuer that no strategy names causes no call to anybody. */
  async function verified(token: string, issuer: string): Promise<JWTPayload | JwtFault> {
    const known = believed.get(token);
    if (known && now() < known.until) return known.claims;
    const verdict = await verifyJwt(token, { issuers, issuer, now });
    if (!verdict.ok) return verdict.reason;
    const { claims } = verdict;
    believed.set(token, { claims, until: Math.min(claims.exp! * 1000, now() + BELIEVED_MS) });
    return claims;
  }

  async function judge(
    applicationId: string,
    application: ApplicationState,
    productVersionId: string,
  ): Promise<Verdict> {
    const [developer, portal] = await Promise.all([
      states.load<DeveloperState>('developer', application.developer_id),
      states.load<PortalState>('portal', application.portal_id),
    ]);
    const right = mayUse({ application, developer: developer.state, portal: portal.state, productVersionId });
    return right.allowed
      ? { allowed: true, applicationId, application }
      : { allowed: false, why: right.why, applicationId };
  }

  /** For each application of the strategy that the token stands for, on whichever portals. */
  async function verdictsOf({ id, state }: Strategy, claims: JWTPayload, versionId: string): Promise<Verdict[]> {
    const config = state.openid_connect!;
    const client = clientIn(claims, config.credential_claim);
    if (client === undefined) return [denied('token_no_client')];
    const mine = [...(await clients.applicationsOf(client))].filter(
      ([, { exists, auth_strategy_id }]) => exists && auth_strategy_id === id,
    );
    const suits = isFor(audiencesOf(config), claims.aud);
    return Promise.all(
      mine.map(([applicationId, application]) =>
        suits
          ? judge(applicationId, application, versionId)
          : ({ ...denied('token_wrong_audience'), applicationId } as const),
      ),
    );
  }

  return async (token, productVersionId, portal) => {
    const issuer = (await peekClaims(token))?.iss;
    if (typeof issuer !== 'string') return denied('token_malformed');
    const strategies = await clients.strategiesOf(issuer);
    if (strategies.length === 0) return denied('token_unknown_issuer');
    const claims = await verified(token, issuer);
    if (typeof claims === 'string') return denied(`token_${claims.replaceAll('-', '_')}` as TokenReason);
    let first: Verdict | undefined;
    for (const strategy of strategies) {
      for (const verdict of await verdictsOf(strategy, claims, productVersionId)) {
        if (verdict.allowed && (portal ?? verdict.application.portal_id) === verdict.application.portal_id)
          return verdict;
        // What was met with an application says more than that there is none.
        if (!first || (!first.allowed && !first.applicationId)) first = verdict;
      }
    }
    return first ?? denied('unknown_application');
  };
}

const denied = (why: TokenReason | 'unknown_application') => ({ allowed: false, why }) as const;

/** The first of the claims that the token has as a text. */
export function clientIn(claims: JWTPayload, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = claimAt(claims, name);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** Parsed once for each configuration. */
const audiences = new WeakMap<OpenIdConnect, readonly (readonly string[])[]>();

/** `audience_required` of the strategy: any of its items, where an item with spaces asks for all that are between them. */
export function audiencesOf(config: OpenIdConnect): readonly (readonly string[])[] {
  let known = audiences.get(config);
  if (!known) {
    const { audience_required: required } = JSON.parse(config.other) as { audience_required?: unknown };
    const items = (Array.isArray(required) ? required : [required]).filter((item) => typeof item === 'string');
    known = items.map((item: string) => item.split(' ').filter(Boolean)).filter(({ length }) => length > 0);
    audiences.set(config, known);
  }
  return known;
}

export function isFor(wanted: readonly (readonly string[])[], aud: JWTPayload['aud']): boolean {
  const given = [aud ?? []].flat();
  return wanted.length === 0 || wanted.some((all) => all.every((one) => given.includes(one)));
}
