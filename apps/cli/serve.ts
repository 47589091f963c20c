import { Command } from 'commander';
import { configWith, stopOnSignals, withListening, type ListeningOptions } from './listening.js';
import { start } from './start.js';

export function serveCommand(): Command {
  return withListening(new Command('serve').description('Run the server on a data folder (default ./data).'), {
    dataDir: 'data folder (GATEHOUSE_DATA_DIR)',
    host: 'address to listen on (HOST)',
    port: 'port to listen on, 0 for a free one (PORT)',
  }).action(async (options: ListeningOptions) => {
    const config = configWith(options);
    const server = await start(config);
    console.error(`Gatehouse listens on ${server.url}`);
    console.error(`  documentation  ${server.url}/docs`);
    console.error(`  data folder    ${config.dataDir} (the admin token is in its file admin-token)`);
    stopOnSignals(server);
  });
}
