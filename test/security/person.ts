import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PortalScene } from '../support/portal-scene.js';
import type { TestServer } from '../support/server.js';

export interface Identity {
  readonly email: string;
  readonly full_name: string;
  readonly password: string;
}

/** A developer who has gone through the whole guide over HTTP, and every secret on the way. */
export interface Person extends Identity {
  readonly developerId: string;
  readonly applicationId: string;
  readonly registrationId: string;
  readonly credentialId: string;
  readonly key: string;
  /** The Cookie header. */
  readonly cookie: string;
  readonly access: string;
  readonly refresh: string;
  /** Of the mail to confirm the address, and of the answer to set the password. */
  readonly confirmToken: string;
  readonly passwordToken: string;
}

/** The texts of all mails, the newest first. */
export async function mails({ dataDir, services }: TestServer): Promise<string[]> {
  await services.reactors.settled();
  const folder = join(dataDir, 'outbox');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.eml')).sort();
  return Promise.all(names.reverse().map((name) => readFile(join(folder, name), 'utf8')));
}

/** The token of the newest mail to an address that leads to this page. */
export async function mailedToken(server: TestServer, email: string, page: string): Promise<string> {
  for (const mail of await mails(server)) {
    const token = new RegExp(`/${page}\\?token=([0-9a-f-]{36})`).exec(mail)?.[1];
    if (token && mail.includes(email)) return token;
  }
  throw new Error(`No mail leads to /${page}`);
}

/** Calls the portal API; fails unless the status is the expected one. */
export async function portal(
  { url }: TestServer,
  method: string,
  path: string,
  expected: number,
  { body, headers = {} }: { body?: object; headers?: Readonly<Record<string, string>> } = {},
) {
  const response = await fetch(`${url}/api/v2${path}`, {
    method,
    headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (response.status !== expected) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
  return { headers: response.headers, body: JSON.parse(text || '{}') as Record<string, string> };
}

const cookieIn = (headers: Headers, name: string): string =>
  headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith(`${name}=`))!
    .split(';')[0]!
    .slice(name.length + 1);

export async function signIn(server: TestServer, { email, password }: Identity) {
  const { headers } = await portal(server, 'POST', '/developer/authenticate', 204, {
    body: { username: email, password },
  });
  const [access, refresh] = [cookieIn(headers, 'portalaccesstoken'), cookieIn(headers, 'portalrefreshtoken')];
  return { access, refresh, cookie: `portalaccesstoken=${access}; portalrefreshtoken=${refresh}` };
}

/** Signs up, confirms, gets approved, signs in, creates an application, asks for access, makes a key and calls with it. */
export async function walkGuide(
  server: TestServer,
  scene: PortalScene,
  identity: Identity,
  send: (name: string, values: object) => Promise<unknown>,
): Promise<Person> {
  const { email, full_name, password } = identity;
  await portal(server, 'POST', '/developer', 201, { body: { email, full_name } });
  const confirmToken = await mailedToken(server, email, 'login');
  const confirmed = await portal(server, 'POST', '/developer/verify-email', 202, { body: { token: confirmToken } });
  const passwordToken = confirmed.body['token']!;
  await portal(server, 'POST', '/developer/reset-password', 204, { body: { password, token: passwordToken } });
  const { store } = server.services;
  const signUps = await store.readAll({ after: 0n, limit: 1000, types: ['developer.registered.v1'] });
  const developerId = signUps.at(-1)!.stream.slice('developer-'.length);
  await send('ApproveDeveloper', { developer_id: developerId, reason: `${full_name} is known to us` });
  const session = await signIn(server, identity);
  const mine = { headers: { cookie: session.cookie } };
  const application = await portal(server, 'POST', '/applications', 201, {
    ...mine,
    body: { name: `App ${developerId}`, auth_strategy_id: scene.keyStrategy },
  });
  const applicationId = application.body['id']!;
  const registration = await portal(server, 'POST', `/applications/${applicationId}/registrations`, 201, {
    ...mine,
    body: { product_version_id: scene.version },
  });
  await send('ApproveApp', { application_id: applicationId, reason: `${full_name} has a contract` });
  const credential = await portal(server, 'POST', `/applications/${applicationId}/credentials`, 201, {
    headers: { ...mine.headers, 'idempotency-key': `key-of-${developerId}` },
    body: { display_name: 'production' },
  });
  return {
    ...identity,
    ...session,
    ...{ developerId, applicationId, confirmToken, passwordToken },
    registrationId: registration.body['id']!,
    credentialId: credential.body['id']!,
    key: credential.body['credential']!,
  };
}

/** What the gateway is told about a call with the key. */
export async function callWith({ url }: TestServer, scene: PortalScene, key: string): Promise<number> {
  const { status } = await fetch(`${url}/gateway/check?product_version=${scene.version}`, {
    headers: { 'x-api-key': key },
  });
  return status;
}
