import { browser, type Browser, type Page } from '../support/browser.js';
import { commandsOf, type Send } from '../support/commands.js';
import { startTestServer, type TestServer } from '../support/server.js';

export interface SsoScene {
  readonly server: TestServer;
  readonly send: Send;
  readonly portal: string;
  readonly callback: string;
  /** Where a sign-in begins. */
  start(returnTo?: string): string;
  admin(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, never> }>;
  /** Uses a provider from now on, instead of the one before. */
  trust(provider: { issuer: string; clientId: string; clientSecret: string | null }, more?: object): Promise<string>;
  /** Whom the session in a browser belongs to; undefined if there is none. */
  me(browser: Browser): Promise<{ id: string; email: string; full_name: string } | undefined>;
  /** The reasons in the log lines of single sign-on so far. */
  reasons(): readonly string[];
}

/** A server with one portal, which may call providers on this machine. */
export async function ssoScene(settings: object = {}): Promise<SsoScene> {
  const server = await startTestServer({ GATEHOUSE_OUTBOUND_PRIVATE: '127.0.0.1' });
  const send = commandsOf(server);
  const { id: portal } = await send('CreatePortal', { name: 'Sso', ...settings });
  const sso = `${server.url}/api/v2/developer/authenticate`;

  const admin: SsoScene['admin'] = async (method, path, body) => {
    const response = await fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${server.adminToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, never> };
  };
  const providers = `/v2/portals/${portal}/identity-providers`;

  return {
    server,
    send,
    portal,
    callback: `${sso}/oidc-callback`,
    start: (returnTo = `${server.url}/login`) => `${sso}/sso?returnTo=${encodeURIComponent(returnTo)}`,
    admin,
    async trust({ issuer, clientId, clientSecret }, more = {}) {
      const { body: known } = await admin('GET', providers);
      for (const { id } of known as unknown as { id: string }[]) await admin('DELETE', `${providers}/${id}`);
      const config = {
        issuer_url: issuer,
        client_id: clientId,
        ...(clientSecret === null ? {} : { client_secret: clientSecret }),
        scopes: ['openid', 'email', 'profile', 'groups'],
        ...more,
      };
      const { status, body } = await admin('POST', providers, { type: 'oidc', enabled: true, config });
      if (status !== 201) throw new Error(`the provider was refused: ${JSON.stringify(body)}`);
      return body['id'] as unknown as string;
    },
    async me(browser) {
      const response = await fetch(`${server.url}/api/v2/developer/me`, {
        headers: { cookie: browser.cookieHeader(`${server.url}/api/v2/developer/me`) },
      });
      return response.status === 200
        ? ((await response.json()) as { id: string; email: string; full_name: string })
        : undefined;
    },
    reasons: () =>
      server.logLines
        .map((line) => JSON.parse(line) as { sso?: string })
        .flatMap(({ sso: reason }) => (reason === undefined ? [] : [reason])),
  };
}

/** A page of ours, and what it says: its title. */
export function titleOf({ status, headers, text }: Page): string {
  const policy = headers.get('content-security-policy') ?? '';
  if (!/text\/html/.test(headers.get('content-type') ?? '')) return `${status} without a page: ${text.slice(0, 200)}`;
  if (!policy.startsWith("default-src 'none'; style-src 'sha256-") || /<script|unsafe/i.test(text + policy))
    return 'a page with another policy';
  return /<h1>([^<]*)<\/h1>/.exec(text)?.[1] ?? 'a page without a title';
}

/** As the portal's client does it: the browser is on its way back with a success. */
export const cameBack = (page: Page): boolean => new URL(page.url).searchParams.get('loginSuccess') === 'true';

/** Tries to sign in, which must fail: what the person saw and what the log says. Nobody is let in, and nothing is written. */
export async function attemptOf(scene: SsoScene, who: Browser, go: (who: Browser) => Promise<Page>) {
  const { store } = scene.server.services;
  const [head, before] = [await store.head(), scene.reasons().length];
  const page = await go(who);
  const [after, me] = [await store.head(), await scene.me(who)];
  if (cameBack(page) || me || after !== head)
    throw new Error(`somebody was let in, or something was written: ${page.url}`);
  return { title: titleOf(page), status: page.status, reason: scene.reasons().slice(before).at(-1), page };
}

export { browser };
