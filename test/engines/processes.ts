import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** The compiled command line; jest runs in the project's folder. */
const MAIN = resolve('dist/apps/cli/main.js');
const KEPT_OUTPUT = 20_000;

export interface Process {
  readonly url: string;
  /** What it printed last. */
  output(): string;
  send(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<void>;
  /** Ends it in good order; its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `gatehouse serve` or `gatehouse projector` as a process of its own; resolves when it answers. */
export async function startProcess(
  what: 'serve' | 'projector',
  dataDir: string,
  env: Readonly<Record<string, string>>,
): Promise<Process> {
  if (!existsSync(MAIN)) throw new Error('there is no dist/: run `npm run build` first');
  const child = spawn(process.execPath, [MAIN, what, '--data-dir', dataDir, '--port', '0'], {
    env: { ...process.env, GATEHOUSE_LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let output = '';
  const url = await new Promise<string>((found, failed) => {
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
      const address = /(?:listens|answers probes) on (http:\S+)\n/.exec(output)?.[1];
      if (address) found(address);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then(([code, signal]) => failed(new Error(`${what} ended (${signal ?? code}):\n${output}`)));
  });
  return {
    url,
    output: () => output,
    send: (signal) => void child.kill(signal),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      return (await ended)[0];
    },
  };
}
