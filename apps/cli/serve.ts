import { Command } from 'commander';
import { loadConfig } from '../api/config.js';
import { start } from './start.js';

export function serveCommand(): Command {
  return new Command('serve')
    .description('Run the server on a data folder (default ./data).')
    .option('--data-dir <dir>', 'data folder (GATEHOUSE_DATA_DIR)')
    .option('--host <host>', 'address to listen on (HOST)')
    .option('--port <port>', 'port to listen on, 0 for a free one (PORT)')
    .action(async (options: { dataDir?: string; host?: string; port?: string }) => {
      const config = loadConfig({
        ...process.env,
        ...(options.dataDir ? { GATEHOUSE_DATA_DIR: options.dataDir } : {}),
        ...(options.host ? { HOST: options.host } : {}),
        ...(options.port ? { PORT: options.port } : {}),
      });
      const server = await start(config);
      console.error(`Gatehouse listens on ${server.url}`);
      console.error(`  documentation  ${server.url}/docs`);
      console.error(`  data folder    ${config.dataDir} (the admin token is in its file admin-token)`);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => void server.stop().then(() => process.exit(0)));
      }
    });
}
