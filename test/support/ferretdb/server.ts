import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../free-port.js';
import { openGate } from './gate.js';

export interface FerretDb {
  /** `mongodb://127.0.0.1:<port>/` */
  readonly url: string;
  /** kill -9. Clients lose their connections; what was answered is in the files. */
  kill(): Promise<void>;
  /** Starts it again on the same files and address. */
  restart(): Promise<void>;
  /** Stops it and deletes its files. */
  close(): Promise<void>;
}

/** A FerretDB with files of its own, on a free loopback port; it reports nothing to anybody. */
export async function startFerretDb(binary: string): Promise<FerretDb> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-ferretdb-'));
  mkdirSync(join(folder, 'data'));
  const port = await freePort();
  let server = await start();
  let gate = await openGate(port);
  const address = gate.port;

  async function start(): Promise<ChildProcess> {
    const started = spawn(
      binary,
      [
        '--handler=sqlite',
        `--sqlite-url=file:${join(folder, 'data')}/`,
        `--listen-addr=127.0.0.1:${port}`,
        '--debug-addr=-',
        `--state-dir=${folder}`,
        '--telemetry=disable',
        '--log-level=error',
      ],
      { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, DO_NOT_TRACK: '1' } },
    );
    for (let attempt = 0; !(await accepts(port)); attempt += 1) {
      if (started.exitCode !== null || attempt > 300) throw new Error(`FerretDB did not start: see ${folder}`);
      await delay(100);
    }
    return started;
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  }

  return {
    url: `mongodb://127.0.0.1:${address}/`,
    async kill() {
      await end('SIGKILL');
      await gate.close();
    },
    async restart() {
      await end('SIGTERM');
      await gate.close();
      server = await start();
      gate = await openGate(port, address);
    },
    async close() {
      await gate.close();
      await end('SIGTERM');
      rmSync(folder, { recursive: true });
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}
