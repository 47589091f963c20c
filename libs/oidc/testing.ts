import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';

/** An identity provider that only publishes its metadata and keys: for tests that sign tokens themselves. */
export interface TestIssuer {
  readonly issuer: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
  /** Makes a key, publishes it unless told otherwise, and signs with it from now on. */
  rotate(options?: { readonly published?: boolean; readonly alg?: string }): Promise<void>;
  /** A token with these claims over `iss`, `iat` and an `exp` in an hour; header fields as given. */
  sign(claims?: JWTPayload, header?: Readonly<Record<string, string>>): Promise<string>;
  /** Answers with this status from now on; undefined: well again. */
  fail(status: number | undefined): void;
  /** Changes what is published. */
  publish(metadata: Readonly<Record<string, unknown>>): void;
  readonly keys: Record<string, unknown>[];
  close(): Promise<void>;
}

/** Starts one on a free port of this machine; `path` is part of the issuer. */
export async function startTestIssuer({ path = '', now = Date.now } = {}): Promise<TestIssuer> {
  const asked: string[] = [];
  const keys: Record<string, unknown>[] = [];
  let status: number | undefined;
  let extra: Readonly<Record<string, unknown>> = {};
  let current: { key: CryptoKey; kid: string; alg: string } | undefined;
  const server = createServer((request, response) => {
    asked.push(request.url!);
    const answer = documents()[request.url!];
    response.writeHead(status ?? (answer ? 200 : 404), { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `${origin}${path}`;
  const documents = (): Readonly<Record<string, object>> => ({
    [`${path}/.well-known/openid-configuration`]: { issuer, jwks_uri: `${origin}/jwks`, ...extra },
    '/jwks': { keys },
  });

  const self: TestIssuer = {
    issuer,
    asked,
    keys,
    async rotate({ published = true, alg = 'ES256' } = {}) {
      const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
      const kid = randomUUID();
      if (published) keys.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' });
      current = { key: privateKey, kid, alg };
    },
    async sign(claims = {}, header = {}) {
      const seconds = Math.floor(now() / 1000);
      const all = { iss: issuer, iat: seconds, exp: seconds + 3600, ...claims };
      const { key, kid, alg } = current!;
      return new SignJWT(all).setProtectedHeader({ alg, kid, ...header }).sign(key);
    },
    fail: (code) => void (status = code),
    publish: (metadata) => void (extra = metadata),
    close: () => closed(server),
  };
  await self.rotate();
  return self;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
