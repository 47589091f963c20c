import { Command } from 'commander';
import { ConfigError } from '../api/config.js';
import { VERSION } from '../api/version.js';
import { CliError } from './client.js';
import { demoCommand } from './demo/command.js';
import { eventsCommand } from './events.js';
import { migrateCommand } from './migrate/command.js';
import { projectorCommand } from './projector.js';
import { rebuildCommand } from './rebuild.js';
import { rotateMasterKeyCommand } from './rotate-master-key.js';
import { seedCommand } from './seed/command.js';
import { serveCommand } from './serve.js';
import { statusCommand } from './status.js';
import { tokenCommand } from './token.js';
import { verifyCommand } from './verify.js';

const program = new Command('gatehouse')
  .description('A self-hosted developer-portal back end.')
  .version(VERSION)
  .showHelpAfterError('Add --help for what there is.');

for (const command of [
  serveCommand,
  projectorCommand,
  demoCommand,
  seedCommand,
  tokenCommand,
  rebuildCommand,
  statusCommand,
  eventsCommand,
  migrateCommand,
  verifyCommand,
  rotateMasterKeyCommand,
]) {
  program.addCommand(command());
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CliError) && !(error instanceof ConfigError)) throw error;
  console.error(error.message);
  if (error.cause && process.env['GATEHOUSE_LOG_LEVEL'] === 'debug') console.error(error.cause);
  process.exitCode = 1;
}
