/** `node dist/test/engines/ferretdb/main.js <command> [words]`: runs a command with a FerretDB at GATEHOUSE_TEST_MONGODB. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ferretdbBinary } from './binary.js';
import { startFerretDb } from './server.js';

const [command, ...words] = process.argv.slice(2);
if (command === undefined) throw new Error('name the command to run with a FerretDB');
const ferretdb = await startFerretDb(ferretdbBinary());
try {
  const env = { ...process.env, GATEHOUSE_TEST_MONGODB: ferretdb.url };
  const [code] = (await once(spawn(command, words, { stdio: 'inherit', env }), 'exit')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await ferretdb.close();
}
