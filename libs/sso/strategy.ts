import OpenIDConnectStrategy from 'passport-openidconnect';
import type { ProviderMetadata } from '#oidc/issuers.js';
import type { Outbound } from '#outbound/outbound.js';
import { challengeOf, type Login } from './logins.js';
import { SignOnFailed } from './failure.js';
import { callProvider } from './transport.js';

/** Claims of the id_token, and of the userinfo endpoint where there is one. */
export interface Claims {
  readonly idToken: Readonly<Record<string, unknown>>;
  readonly userinfo: Readonly<Record<string, unknown>>;
}

export interface StrategyOptions {
  readonly metadata: Required<Pick<ProviderMetadata, 'authorization_endpoint' | 'token_endpoint'>> & ProviderMetadata;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly login: Login;
  readonly outbound: Outbound;
  /** Everything that is to be verified of an id_token; its claims. @throws SignOnFailed */
  readonly verifyIdToken: (idToken: string) => Promise<Readonly<Record<string, unknown>>>;
  /** Told of failures that happen after the library has let go of the call. */
  readonly onFailure: (error: unknown) => void;
}

type TokenCallback = (
  error: unknown,
  access?: string,
  refresh?: string,
  results?: Record<string, unknown> & { id_token?: unknown },
) => void;

/** What is used of the library's own OAuth 2.0 client. */
interface OAuth2 {
  _request(
    method: string,
    url: string,
    headers: Record<string, string>,
    body: string | null,
    token: string | null,
    done: (error: unknown, data?: string, response?: unknown) => void,
  ): void;
  getOAuthAccessToken(code: string, params: Record<string, string>, done: TokenCallback): void;
}

/** The library compares the end of validity with its own clock, to the second; ours allowed for clocks that differ. */
const VALID_FOR_THE_LIBRARY_S = 3600;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * passport-openidconnect 0.1.2 for a single login, with what it lacks: PKCE (RFC 7636), a nonce made of random bytes, the
 * id_token's signature, tolerance for clocks, custom claims, and calls through the guarded way out. Its own checks of issuer,
 * audience, authorised party and nonce remain in place behind ours.
 */
export class PortalStrategy extends OpenIDConnectStrategy {
  private readonly login: Login;

  constructor({
    metadata,
    clientId,
    clientSecret,
    scopes,
    login,
    outbound,
    verifyIdToken,
    onFailure,
  }: StrategyOptions) {
    const store = {
      store: (_request: unknown, _context: unknown, _appState: unknown, _meta: unknown, done: StateCallback) =>
        done(null, login.state),
      verify: (_request: unknown, state: string, done: StateCallback) =>
        state === login.state ? done(null, { nonce: login.nonce }) : done(null, false, { message: 'state' }),
    };
    let verified: Claims['idToken'] = {};
    super(
      {
        issuer: metadata.issuer,
        authorizationURL: metadata.authorization_endpoint,
        tokenURL: metadata.token_endpoint,
        userInfoURL: metadata.userinfo_endpoint ?? '',
        callbackURL: login.redirectUri,
        clientID: clientId,
        clientSecret,
        // The library puts openid first.
        scope: scopes.filter((scope) => scope !== 'openid'),
        skipUserProfile: metadata.userinfo_endpoint === undefined,
        store: store as unknown as OpenIDConnectStrategy.SessionStore,
      },
      // Nine parameters: only then does the library hand over the userinfo as it came.
      ((
        _issuer: string,
        profile: { _json?: Claims['userinfo'] } | undefined,
        _idProfile: unknown,
        _context: unknown,
        _idToken: string,
        _access: string,
        _refresh: string,
        _params: unknown,
        done: (error: Error | null, user?: Claims) => void,
      ) => {
        const userinfo = profile?._json;
        // OpenID Connect Core 1.0 section 5.3.2: else somebody else's userinfo could be slipped in.
        if (userinfo && userinfo['sub'] !== verified['sub']) return done(new SignOnFailed('subject-mismatch'));
        done(null, { idToken: verified, userinfo: userinfo ?? {} });
      }) as unknown as OpenIDConnectStrategy.VerifyFunction,
    );
    this.login = login;
    const client = this._oauth2 as unknown as OAuth2;

    client._request = (method, url, headers, body, _token, done) => {
      const call = { method, url, headers, body: body ?? '' };
      callProvider(outbound, call, metadata.token_endpoint_auth_methods_supported)
        .then((data) => done(null, data), done)
        .catch(onFailure);
    };

    const exchange = client.getOAuthAccessToken.bind(client);
    client.getOAuthAccessToken = (code, params, done) =>
      exchange(code, { ...params, code_verifier: login.verifier }, (error, access, refresh, results = {}) => {
        if (error) return done(error);
        verify(results.id_token)
          .then((claims) => {
            verified = claims;
            const exp = Math.floor(Date.now() / 1000) + VALID_FOR_THE_LIBRARY_S;
            const seen = `${encode({ alg: 'none' })}.${encode({ ...claims, exp })}.`;
            done(null, access, refresh, { ...results, id_token: seen });
          }, done)
          .catch(onFailure);
      });

    async function verify(idToken: unknown): Promise<Claims['idToken']> {
      if (typeof idToken !== 'string') throw new SignOnFailed('no-id-token');
      return verifyIdToken(idToken);
    }
  }

  override authorizationParams(): object {
    const { nonce, verifier } = this.login;
    return { nonce, code_challenge: challengeOf(verifier), code_challenge_method: 'S256' };
  }
}

type StateCallback = (error: Error | null, handleOrContext?: unknown, state?: unknown) => void;
