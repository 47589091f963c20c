import type { Config } from '../api/config.js';
import { run, type Running } from '../api/run.js';
import { CliError } from './client.js';

/** Starts the server. @throws CliError that says why it cannot: a folder or port in use, a wrong key, a damaged log */
export const start = (config: Config): Promise<Running> =>
  run(config).catch((cause: Error) => {
    throw new CliError(`Gatehouse cannot start. ${cause.message}`, { cause });
  });
