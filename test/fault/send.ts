import { setTimeout as sleep } from 'node:timers/promises';

/** A developer's cookies, and whose they are. */
export interface Person {
  readonly id: string;
  access: string;
  refresh: string;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Absent: the administrator. */
  readonly as?: Person;
}

/** What a caller can compare: everything that a repeat must give again, and what tells how it came about. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly etag: string | null;
  /** Of the newest event that the request caused. */
  readonly position: string | null;
  readonly replayed: boolean;
  readonly retryAfter: string | null;
}

export interface Connection {
  readonly url: string;
  readonly adminToken: string;
  /**
   * Whether 503 and broken connections belong to what is tested, as where other processes are killed: the same is asked again
   * then, as the answer says. Otherwise they are faults.
   */
  readonly patient?: boolean;
}

/** Sends a request; undefined if the connection broke before the whole answer was there. */
export async function send(
  { url, adminToken }: Connection,
  { method, path, body, as }: HttpRequest,
  key?: string,
): Promise<Answer | undefined> {
  try {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(as ? { cookie: `portalaccesstoken=${as.access}` } : { authorization: `Bearer ${adminToken}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      body: await response.text(),
      etag: response.headers.get('etag'),
      position: response.headers.get('gatehouse-position'),
      replayed: response.headers.get('idempotent-replayed') === 'true',
      retryAfter: response.headers.get('retry-after'),
    };
  } catch {
    return undefined;
  }
}

const PATIENCE_MS = 90_000;
const PAUSE_MS = 100;

/** Not an answer to what was asked: an engine or a process is away, or what happened to an earlier send is not known yet. */
export const isTemporary = ({ patient = false }: Connection, answer: Answer | undefined): boolean =>
  answer === undefined || (patient && answer.status === 503);

/** Sends until there is an answer. @throws if there is none: nobody keeps this service from answering now */
export async function answered(connection: Connection, request: HttpRequest, key?: string): Promise<Answer> {
  const deadline = performance.now() + (connection.patient ? PATIENCE_MS : 0);
  for (;;) {
    const answer = await send(connection, request, key);
    if (answer && !isTemporary(connection, answer)) return answer;
    if (performance.now() >= deadline) {
      const how = answer ? `still answered ${answer.status} ${problemCode(answer)}` : 'the connection broke by itself';
      throw new Error(`${request.method} ${request.path}: ${how}`);
    }
    await sleep(PAUSE_MS);
  }
}

/**
 * New cookies for a developer's refresh token, which after a lost answer gives the same again. False if the connection
 * broke. @throws if the session is over
 */
export async function refreshSession({ url, patient }: Connection, person: Person): Promise<boolean> {
  const headers = { cookie: `portalrefreshtoken=${person.refresh}` };
  const response = await fetch(`${url}/api/v2/developer/refresh`, { method: 'POST', headers }).catch(() => undefined);
  if (!response) return false;
  if (patient && response.status === 503) return false;
  if (response.status !== 204) throw new Error(`a session is over: refreshing it was answered ${response.status}`);
  for (const cookie of response.headers.getSetCookie()) {
    const [, name, value] = /^portal(access|refresh)token=([^;]+)/.exec(cookie)!;
    person[name as 'access' | 'refresh'] = value!;
  }
  return true;
}

export const isAccepted = ({ status }: Answer): boolean => status >= 200 && status < 300;

/** The `code` of a problem; undefined for any other answer. */
export function problemCode({ status, body }: Answer): string | undefined {
  return status >= 400 ? (JSON.parse(body) as { code?: string }).code : undefined;
}

/** Whether two answers are the same to the caller: byte for byte, or the same refusal (which names its own request). */
export function sameAnswer(a: Answer, b: Answer): boolean {
  if (a.status !== b.status) return false;
  if (!isAccepted(a)) return problemCode(a) === problemCode(b);
  return a.body === b.body && a.etag === b.etag && a.position === b.position;
}
