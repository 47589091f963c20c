import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import type { Run } from './run.js';
import { startServer, type ServerProcess } from './server-process.js';

/** A server that is killed before it listens, be it the first on its folder, keeps no later one from starting. */
export async function killAtStart(run: Run, dataDir: string): Promise<void> {
  const server = startServer(dataDir);
  await sleep(run.random.between(20, 1_200));
  await server.kill();
  run.tally.killsAtStart += 1;
  run.report('otherwise', errorsOf(server));
}

/** The same with a folder of its own, which the kill may leave half made. */
export async function killAtBirth(run: Run): Promise<void> {
  const dataDir = join(run.folder, `born-${run.tally.cycles}`);
  await killAtStart(run, dataDir);
  const server = startServer(dataDir);
  await server.listening.catch((error: Error) => run.report('otherwise', [error.message]));
  await server.kill();
  run.report('otherwise', errorsOf(server));
}

/** Lines of the server's log: at this level it tells of errors only, and a crash is none. */
export const errorsOf = (server: ServerProcess): readonly string[] =>
  server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => `the server logged ${line.slice(0, 400)}`);
