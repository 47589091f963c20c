import { Command } from 'commander';
import { loadConfig } from '../api/config.js';
import { CliError } from './client.js';

export function projectorCommand(): Command {
  return new Command('projector')
    .description('Keep views and reactors up to date beside servers (EventStoreDB and MongoDB); run two or more.')
    .option('--data-dir <dir>', 'folder for what is not on the servers, such as mails in files (GATEHOUSE_DATA_DIR)')
    .option('--host <host>', 'address for /livez, /readyz and /metrics (HOST)')
    .option('--port <port>', 'port for them, 0 for a free one (PORT)')
    .action(async (options: { dataDir?: string; host?: string; port?: string }) => {
      const config = loadConfig({
        ...process.env,
        ...(options.dataDir ? { GATEHOUSE_DATA_DIR: options.dataDir } : {}),
        ...(options.host ? { HOST: options.host } : {}),
        ...(options.port ? { PORT: options.port } : {}),
      });
      const { runProjector } = await import('../projector/main.js');
      const projector = await runProjector(config).catch((cause: Error) => {
        throw new CliError(`The projector cannot start. ${cause.message}`, { cause });
      });
      console.error(`Gatehouse's projector answers probes on ${projector.url}`);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => void projector.stop().then(() => process.exit(0)));
      }
    });
}
