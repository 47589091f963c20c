import type { Send } from './commands.js';
import type { TestServer } from './server.js';

export const PASSWORD = 'plum tapir granite 7';

/** The value of the Cookie header that a browser would send after an answer with these Set-Cookie headers. */
export const cookiesOf = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0]!)
    .join('; ');

export interface Account {
  readonly id: string;
  readonly email: string;
}

/** A developer with a password, approved and with a confirmed address. */
export async function approvedDeveloper(
  { services }: TestServer,
  send: Send,
  portal_id: string,
  email: string,
  full_name = 'Ada Lovelace',
): Promise<Account> {
  const { id } = await send('RegisterDeveloper', { portal_id, email, full_name });
  await services.passwords.set(id, PASSWORD);
  await send('SetPassword', { developer_id: id }, { kind: 'developer', id });
  await send('ApproveDeveloper', { developer_id: id });
  return { id, email };
}

/** Signs in over HTTP; the Cookie header for what follows. */
export async function signIn({ url }: TestServer, { email }: { email: string }, password = PASSWORD): Promise<string> {
  const response = await fetch(`${url}/api/v2/developer/authenticate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: email, password }),
  });
  if (response.status !== 204) throw new Error(`Signing in was answered with ${response.status}`);
  return cookiesOf(response.headers);
}
