/**
 * `node dist/test/support/ferretdb/main.js <command> [words]`: runs a command with a FerretDB at GATEHOUSE_TEST_MONGODB, unless that names a server.
 * GATEHOUSE_TEST_FERRETDB is its program, for tests that start, kill and restart one of their own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ferretdbBinary } from './binary.js';
import { startFerretDb } from './server.js';

const [command, ...words] = process.argv.slice(2);
if (command === undefined) throw new Error('name the command to run with a FerretDB');
const binary = ferretdbBinary();
const ferretdb = await startFerretDb(binary);
try {
  const env = {
    ...process.env,
    GATEHOUSE_TEST_MONGODB: process.env['GATEHOUSE_TEST_MONGODB'] || ferretdb.url,
    GATEHOUSE_TEST_FERRETDB: binary,
  };
  const running = spawn(command, words, { stdio: 'inherit', env });
  // then the server is stopped, too
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => running.kill(signal));
  const [code] = (await once(running, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await ferretdb.close();
}
