import type { Command } from 'commander';
import { loadConfig, type Config } from '../api/config.js';

export interface ListeningOptions {
  readonly dataDir?: string;
  readonly host?: string;
  readonly port?: string;
}

/** Adds the options of what listens; the texts say what each is for. */
export const withListening = (command: Command, texts: Readonly<Record<keyof ListeningOptions, string>>): Command =>
  command
    .option('--data-dir <dir>', texts.dataDir)
    .option('--host <host>', texts.host)
    .option('--port <port>', texts.port);

/** The settings of the environment, with the options before them. @throws ConfigError */
export const configWith = ({ dataDir, host, port }: ListeningOptions): Config =>
  loadConfig({
    ...process.env,
    ...(dataDir ? { GATEHOUSE_DATA_DIR: dataDir } : {}),
    ...(host ? { HOST: host } : {}),
    ...(port ? { PORT: port } : {}),
  });

/** Ends the process in good order when it is asked to. */
export function stopOnSignals(running: { stop(): Promise<void> }): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void running.stop().then(() => process.exit(0)));
  }
}
