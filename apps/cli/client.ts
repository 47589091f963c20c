import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ADDRESS_FILE } from '../api/run.js';

/** Something that the person at the terminal can mend; printed without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
}

export interface Client {
  readonly url: string;
  /** Sends JSON and reads JSON. @throws CliError with the problem's detail */
  call<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
  /** The answer itself, whatever its status. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export interface Target {
  readonly url?: string;
  readonly token?: string;
  readonly dataDir?: string;
}

export const dataDirOf = (target: Target): string =>
  resolve(target.dataDir ?? process.env['GATEHOUSE_DATA_DIR'] ?? './data');

/** Where the server of a data folder listens; undefined if none says so. */
export function runningAt(dataDir: string): string | undefined {
  const file = join(dataDir, ADDRESS_FILE);
  if (!existsSync(file)) return undefined;
  const { url, pid } = JSON.parse(readFileSync(file, 'utf8')) as { url: string; pid: number };
  try {
    process.kill(pid, 0);
    return url;
  } catch {
    return undefined;
  }
}

/** The admin token of a data folder or of the environment. */
export function adminToken(target: Target): string {
  const given = target.token ?? process.env['GATEHOUSE_ADMIN_TOKEN'];
  if (given) return given;
  const file = join(dataDirOf(target), 'admin-token');
  if (!existsSync(file))
    throw new CliError(`There is no admin token in ${file}. Start the server once, or set GATEHOUSE_ADMIN_TOKEN.`);
  return readFileSync(file, 'utf8').trim();
}

/** A client of the running server. @throws CliError if none runs */
export function connect(target: Target): Client {
  const url = target.url ?? process.env['GATEHOUSE_URL'] ?? runningAt(dataDirOf(target));
  if (!url) throw new CliError(`No server runs on ${dataDirOf(target)}. Start one with: npx gatehouse serve`);
  return client(url, adminToken(target));
}

export function client(url: string, token: string): Client {
  const send = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path, url), { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } }).catch(
      (cause: Error) => {
        throw new CliError(`No server answers at ${url}.`, { cause });
      },
    );
  return {
    url,
    fetch: send,
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await send(path, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await response.text();
      if (!response.ok) throw new CliError(`${method} ${path}: ${problemText(response.status, text)}`);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
  };
}

function problemText(status: number, text: string): string {
  try {
    return `${status} ${(JSON.parse(text) as { detail?: string }).detail ?? ''}`;
  } catch {
    return String(status);
  }
}
