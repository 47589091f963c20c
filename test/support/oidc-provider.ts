import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider, type Configuration } from 'oidc-provider';
import type { Browser, Page } from './browser.js';

/** What a test's provider says of a person; the key is the login, and the subject. */
export type Accounts = Record<string, Readonly<Record<string, unknown>>>;

export interface TestProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly provider: Provider;
  /** May be changed while it runs. */
  readonly accounts: Accounts;
  stop(): Promise<void>;
}

export interface ProviderOptions {
  readonly redirectUris: readonly string[];
  readonly accounts: Accounts;
  readonly authMethod?: 'client_secret_basic' | 'client_secret_post';
  /** Anything else of oidc-provider's configuration. */
  readonly configuration?: Configuration;
}

const CLIENT = { id: 'developer-portal', secret: 'canary-provider-secret-90a1b2c3d4e5f607' };

/** The real oidc-provider in this process, with one client; PKCE is required, and every password is right. */
export async function startOidcProvider({
  redirectUris,
  accounts,
  authMethod = 'client_secret_basic',
  configuration = {},
}: ProviderOptions): Promise<TestProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [...redirectUris],
        token_endpoint_auth_method: authMethod,
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    pkce: { required: () => true },
    scopes: ['openid', 'email', 'profile', 'groups'],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username'],
      groups: ['groups'],
    },
    findAccount: (_context, id) =>
      id in accounts ? { accountId: id, claims: () => Promise.resolve({ sub: id, ...accounts[id] }) } : undefined,
    cookies: { keys: ['a key for tests only'] },
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'first', use: 'sig', alg: 'RS256' }] },
    ...configuration,
  });
  server.on('request', provider.callback());
  return {
    issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    provider,
    accounts,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Goes to a place that leads to the provider, signs in there, agrees to what is asked, and comes back. */
export async function signInAtProvider(browser: Browser, start: string, login: string, visit = {}): Promise<Page> {
  let page = await browser.visit(start, visit);
  for (let step = 0; step < 4 && /\/interaction\/[\w-]+$/.test(new URL(page.url).pathname); step++) {
    const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1] ?? 'consent';
    const form: Record<string, string> = prompt === 'login' ? { prompt, login, password: 'any' } : { prompt };
    page = await browser.visit(page.url, { ...visit, form });
  }
  return page;
}
