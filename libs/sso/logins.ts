import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { decrypt, encrypt, fromBase64url, utf8 } from '#vault/aead.js';
import type { VaultStore } from '#vault/port.js';

/** From leaving for the provider to coming back. */
export const LOGIN_LIFETIME_MS = 10 * 60_000;

const CONTEXT = utf8('gatehouse:sso-login:v1');
const USED = 'sso-login-used';
const COOKIE = 'portalsso_';

/** One login under way, in one tab. */
export interface Login {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636. */
  readonly verifier: string;
  readonly portalId: string;
  readonly providerId: string;
  readonly issuer: string;
  readonly redirectUri: string;
  readonly returnTo: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/**
 * Logins under way are kept by the browser that began them, sealed, one cookie each: two tabs do not meet, a login that
 * another browser began is unknown here (RFC 6749 section 10.12), and whoever starts logins without end fills nothing of ours.
 */
export interface Logins {
  start(login: Omit<Login, 'state' | 'nonce' | 'verifier' | 'startedAt'>): Login;
  cookieName(state: string): string;
  seal(login: Login): string;
  /** Undefined: not sealed here, altered, or of another state. */
  open(state: string, sealed: string | undefined): Login | undefined;
  isOver(login: Login): boolean;
  /** True for the first caller only, in whichever process. */
  useUp(login: Login): Promise<boolean>;
  /** Cookies of logins that a browser holds, the oldest first; those that cannot be read before all. */
  held(cookies: Readonly<Record<string, string | undefined>>): readonly string[];
}

export interface LoginsOptions {
  readonly vault: Pick<VaultStore, 'insert'>;
  /** 32 bytes, `keyring.derive('sso-login')`. */
  readonly key: Uint8Array;
  readonly now: () => number;
}

const random = () => randomBytes(32).toString('base64url');
const digest = (text: string) => createHash('sha256').update(text).digest('base64url');

export function createLogins({ vault, key: bytes, now }: LoginsOptions): Logins {
  const key = createSecretKey(bytes);

  function unseal(sealed: string | undefined): Login | undefined {
    const box = sealed === undefined ? undefined : fromBase64url(sealed);
    const text = box && decrypt(key, box, CONTEXT)?.toString('utf8');
    return text === undefined ? undefined : (JSON.parse(text) as Login);
  }

  return {
    start: (login) => ({ ...login, state: random(), nonce: random(), verifier: random(), startedAt: now() }),
    cookieName: (state) => COOKIE + digest(state).slice(0, 16),
    seal: (login) => encrypt(key, utf8(JSON.stringify(login)), CONTEXT).toString('base64url'),
    open(state, sealed) {
      const login = unseal(sealed);
      return login?.state === state ? login : undefined;
    },
    isOver: ({ startedAt }) => now() - startedAt > LOGIN_LIFETIME_MS,
    useUp: ({ state, startedAt }) =>
      vault.insert(USED, digest(state), true, { expiresAt: startedAt + 2 * LOGIN_LIFETIME_MS }),
    held: (cookies) =>
      Object.entries(cookies)
        .filter(([name]) => name.startsWith(COOKIE))
        .map(([name, value]) => ({ name, at: unseal(value)?.startedAt ?? 0 }))
        .sort((a, b) => a.at - b.at)
        .map(({ name }) => name),
  };
}

/** The challenge to a verifier: S256 (RFC 7636 section 4.2). */
export const challengeOf = (verifier: string): string => digest(verifier);
