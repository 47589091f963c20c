import { Command } from 'commander';
import { CliError } from './client.js';
import { configWith, stopOnSignals, withListening, type ListeningOptions } from './listening.js';

export function projectorCommand(): Command {
  const command = new Command('projector').description(
    'Keep views and reactors up to date beside servers (EventStoreDB and MongoDB); run two or more.',
  );
  return withListening(command, {
    dataDir: 'folder for what is not on the servers, such as mails in files (GATEHOUSE_DATA_DIR)',
    host: 'address for /livez, /readyz and /metrics (HOST)',
    port: 'port for them, 0 for a free one (PORT)',
  }).action(async (options: ListeningOptions) => {
    const config = configWith(options);
    const { runProjector } = await import('../projector/main.js');
    const projector = await runProjector(config).catch((cause: Error) => {
      throw new CliError(`The projector cannot start. ${cause.message}`, { cause });
    });
    console.error(`Gatehouse's projector answers probes on ${projector.url}`);
    stopOnSignals(projector);
  });
}
