import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** The compiled command line; npm scripts and jest both run in the project's folder. */
const MAIN = resolve('dist/apps/cli/main.js');
const KEPT_OUTPUT = 8_000;

export interface ServerProcess {
  readonly pid: number;
  /** Resolves with the address when it listens; rejects, with what it printed, if it ends before. */
  readonly listening: Promise<string>;
  /** What it printed last: its log (errors only) and its messages. */
  output(): string;
  alive(): boolean;
  /** Ends it at once, wherever it is (SIGKILL). */
  kill(): Promise<void>;
  /** Ends it in good order (SIGTERM); rejects if it does not end with code 0. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly what?: 'serve' | 'projector';
  /** Default: a free one. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** No file of its may grow beyond (RLIMIT_FSIZE). */
  readonly fileSizeKb?: number;
}

/** Starts the real server, or a projector, on a data folder. */
export function startServer(dataDir: string, options: StartOptions = {}): ServerProcess {
  const { what = 'serve', port = 0 } = options;
  const command = [process.execPath, MAIN, what, '--data-dir', dataDir, '--port', String(port)];
  const limited = ['bash', '-c', `ulimit -S -f ${options.fileSizeKb}; exec "$0" "$@"`, ...command];
  const [file, ...args] = options.fileSizeKb === undefined ? command : limited;
  const child = spawn(file!, args, {
    env: { ...process.env, GATEHOUSE_LOG_LEVEL: 'error', GATEHOUSE_MAIL: 'file:', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let output = '';
  const listening = new Promise<string>((found, failed) => {
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
      const url = /(?:listens|answers probes) on (http:\S+)\n/.exec(output)?.[1];
      if (url) found(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then(([code, signal]) => failed(new Error(`${what} ended (${signal ?? code}):\n${output}`)));
  });
  listening.catch(() => undefined); // a server that is killed while it starts is nobody's error
  return {
    pid: child.pid!,
    listening,
    output: () => output,
    alive: () => isAlive(child),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      const [code, signal] = await ended;
      if (code !== 0) throw new Error(`the server did not end in good order (${signal ?? code}):\n${output}`);
    },
  };
}

const isAlive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;
