import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** What the provider was asked for at its authorization endpoint. */
export interface Asked {
  readonly state: string;
  readonly nonce: string;
  readonly redirect_uri: string;
  readonly code_challenge: string;
}

export interface Made {
  readonly asked: Asked;
  readonly issuer: string;
  readonly key: Key;
  readonly otherKey: Key;
  /** A good id_token's claims. */
  readonly claims: Readonly<Record<string, unknown>>;
  sign(
    claims: Readonly<Record<string, unknown>>,
    key?: Key,
    header?: Readonly<Record<string, unknown>>,
  ): Promise<string>;
}

/** Each can be replaced by something that a hostile or broken provider, or somebody in between, would do. */
export interface Behaviour {
  metadata?: (metadata: Record<string, unknown>) => Record<string, unknown>;
  /** Parameters of the way back. */
  answer?: (good: Record<string, string>, asked: Asked) => Record<string, string>;
  idToken?: (made: Made) => Promise<string | undefined> | string | undefined;
  /** Status and body of the token endpoint. */
  token?: (form: URLSearchParams) => { status: number; body: unknown } | undefined;
  userinfo?: (claims: Readonly<Record<string, unknown>>) => { status: number; body: string; type?: string };
  keys?: (keys: object[]) => object[];
}

export interface HostileProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly behaviour: Behaviour;
  /** Forms that came to the token endpoint. */
  readonly exchanged: URLSearchParams[];
  /** Behaves well again. */
  reset(): void;
  stop(): Promise<void>;
}

const PERSON = { sub: 'u-1', email: 'vic@example.org', email_verified: true, name: 'Vic' };

/** A provider of our own making: it signs everybody in as the same person, and lies as it is told. */
export async function startHostileProvider(): Promise<HostileProvider> {
  const behaviour: Behaviour = {};
  const pairs = await Promise.all([1, 2].map(() => generateKeyPair('RS256', { extractable: true })));
  const [good, other] = [pairs[0]!, pairs[1]!];
  const jwk = { ...(await exportJWK(good.publicKey)), kid: 'good', use: 'sig', alg: 'RS256' };
  const codes = new Map<string, Asked>();
  const exchanged: URLSearchParams[] = [];
  let issued = 0;
  const server = createServer((request, response) => {
    void answerTo(request).then(({ status = 200, location, body, type = 'application/json' }) => {
      response.writeHead(status, location ? { location } : { 'content-type': type }).end(body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientId = 'portal at hostile';

  const json = (value: unknown, status = 200): Answer => ({ status, body: JSON.stringify(value) });

  async function answerTo(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? '/', issuer);
    switch (url.pathname) {
      case '/.well-known/openid-configuration': {
        const metadata = {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/userinfo`,
          jwks_uri: `${issuer}/keys`,
          authorization_response_iss_parameter_supported: true,
        };
        return json(behaviour.metadata?.(metadata) ?? metadata);
      }
      case '/keys':
        return json({ keys: behaviour.keys?.([jwk]) ?? [jwk] });
      case '/authorize':
        return authorize(Object.fromEntries(url.searchParams) as unknown as Asked);
      case '/token':
        return exchange(new URLSearchParams(await text(request)));
      case '/userinfo': {
        const said = behaviour.userinfo?.(PERSON);
        return said ?? json(PERSON);
      }
      default:
        return { status: 404 };
    }
  }

  function authorize(asked: Asked): Answer {
    const code = `code-${++issued}`;
    codes.set(code, asked);
    const parameters = { code, state: asked.state, iss: issuer };
    const location = new URL(asked.redirect_uri);
    location.search = new URLSearchParams(behaviour.answer?.(parameters, asked) ?? parameters).toString();
    return { status: 302, location: location.href };
  }

  async function exchange(form: URLSearchParams): Promise<Answer> {
    exchanged.push(form);
    const said = behaviour.token?.(form);
    if (said) return json(said.body, said.status);
    const asked = codes.get(form.get('code') ?? '');
    if (!asked) return json({ error: 'invalid_grant' }, 400);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: clientId, iat: now, exp: now + 300, nonce: asked.nonce, ...PERSON };
    const sign: Made['sign'] = (payload, key = good.privateKey, header = { alg: 'RS256', kid: 'good' }) =>
      new SignJWT({ ...payload }).setProtectedHeader(header as { alg: string }).sign(key);
    const made: Made = { asked, issuer, key: good.privateKey, otherKey: other.privateKey, claims, sign };
    const id_token = behaviour.idToken ? await behaviour.idToken(made) : await sign(claims);
    return json({ access_token: 'an access token', token_type: 'Bearer', ...(id_token !== undefined && { id_token }) });
  }

  return {
    issuer,
    clientId,
    clientSecret: 'canary-hostile-secret-7d8e9f',
    behaviour,
    exchanged,
    reset: () => {
      for (const name of Object.keys(behaviour)) delete behaviour[name as keyof Behaviour];
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Answer {
  readonly status?: number;
  readonly location?: string;
  readonly body?: string;
  readonly type?: string;
}
