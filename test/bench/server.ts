import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../apps/cli/main.js', import.meta.url));
const ADDRESS_FILE = 'server.json';
const START_PATIENCE_MS = 120_000;

export interface ViewStanding {
  readonly name: string;
  readonly position: string;
}

/** A server in a process of its own on a prepared data folder, as in production, with the benchmark's routes. */
export interface Server {
  readonly url: string;
  readonly adminToken: string;
  /** Milliseconds from the start of the process until it listened. */
  readonly startedIn: number;
  call<T = unknown>(method: string, path: string): Promise<T>;
  metrics(): Promise<string>;
  views(): Promise<readonly ViewStanding[]>;
  /** Resident memory in MB: now, and the most it has ever been. Linux only; NaN elsewhere. */
  memory(): { readonly now: number; readonly peak: number };
  stop(): Promise<void>;
}

/**
 * @param nodeOptions for profiles: `--cpu-prof --cpu-prof-dir=...`
 * @param env which engines it is on, if not on the embedded one
 */
export async function startServer(
  dataDir: string,
  nodeOptions: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const address = join(dataDir, ADDRESS_FILE);
  rmSync(address, { force: true });
  const started = performance.now();
  const child = spawn(process.execPath, [...nodeOptions, CLI, 'serve', '--data-dir', dataDir, '--port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, GATEHOUSE_BENCH: '1', ...env },
  });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const url = await listening(child, address, said);
  const startedIn = performance.now() - started;
  const adminToken = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim();

  async function request(method: string, path: string): Promise<Response> {
    const response = await fetch(new URL(path, url), { method, headers: { authorization: `Bearer ${adminToken}` } });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
  const call = async <T>(method: string, path: string): Promise<T> => {
    const text = await (await request(method, path)).text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };

  return {
    url,
    adminToken,
    startedIn,
    call,
    metrics: async () => (await request('GET', '/metrics')).text(),
    views: async () => (await call<{ views: readonly ViewStanding[] }>('GET', '/status')).views,
    memory: () => memoryOf(child.pid!),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Where it listens, once it does. */
async function listening(child: ChildProcess, address: string, said: readonly string[]): Promise<string> {
  const deadline = performance.now() + START_PATIENCE_MS;
  while (!existsSync(address)) {
    if (child.exitCode !== null) throw new Error(`the server ended at its start:\n${said.join('')}`);
    if (performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error('the server did not listen within two minutes');
    }
    await delay(5);
  }
  for (;;) {
    const text = readFileSync(address, 'utf8');
    if (text.endsWith('}')) return (JSON.parse(text) as { url: string }).url;
    await delay(1);
  }
}

function memoryOf(pid: number): { now: number; peak: number } {
  const file = `/proc/${pid}/status`;
  const status = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const megabytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}
