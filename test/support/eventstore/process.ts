import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The compiled double; npm scripts and jest both run in the project's folder. */
const MAIN = resolve('dist/test/support/eventstore/main.js');

export interface EventStoreProcess {
  readonly url: string;
  readonly pid: number;
  alive(): boolean;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on its files and port. */
  restart(): Promise<void>;
}

/** The double in a process of its own, on a folder that outlives it. Needs the build. */
export async function startEventStoreProcess(folder: string): Promise<EventStoreProcess> {
  let { server, url } = await start(folder, '0');
  const { port } = new URL(url);
  return {
    url,
    get pid() {
      return server.pid!;
    },
    alive: () => server.exitCode === null && server.signalCode === null,
    async kill() {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
    async restart() {
      ({ server, url } = await start(folder, port));
    },
  };
}

async function start(folder: string, port: string): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(process.execPath, [MAIN, '--folder', folder, '--port', port], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit').then(() => {
    throw new Error('the event store ended at its start');
  });
  ended.catch(() => undefined);
  const [url] = (await Promise.race([once(createInterface(server.stdout), 'line'), ended])) as [string];
  return { server, url };
}
