import type { Answer, Call } from './checked-client.js';
import type { TestServer } from './server.js';

/** The portal API as a signed-in developer uses it. Every answer is checked against the OpenAPI document. */
export type PortalCall = (
  method: Parameters<Call>[0],
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

/** A session of the developer, and calls that carry its cookie. Paths are relative to /api/v2. */
export async function portalClient(
  { services }: TestServer,
  call: Call,
  developerId: string,
  portalId: string,
): Promise<PortalCall> {
  const { access } = await services.sessions.startSession(developerId, portalId);
  return (method, path, body, headers = {}) =>
    call(method, `/api/v2${path}`, {
      body,
      token: null,
      headers: { cookie: `portalaccesstoken=${access}`, ...headers },
    });
}

/** What an answer refuses: its status, its code and the fields at fault. */
export const refusalOf = ({ status, body }: Answer) => ({
  status,
  code: body.code,
  ...(body.invalid_parameters ? { fields: body.invalid_parameters.map(({ field }) => field) } : {}),
});
