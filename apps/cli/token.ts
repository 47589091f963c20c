import { Command } from 'commander';
import { adminToken, connect, type Target } from './client.js';
import { ROLES } from '#domain/core/roles.js';

const target = (command: Command): Command =>
  command
    .option('--data-dir <dir>', 'data folder of the server (default ./data)')
    .option('--url <url>', 'address of the server (default: the one that runs on the data folder)');

export function tokenCommand(): Command {
  const token = new Command('token').description(
    'Print the admin token; or issue, list and revoke tokens with a role.',
  );
  target(token.command('show', { isDefault: true }))
    .description('Print the admin token (what plain `token` does).')
    .action((options: Target) => console.log(adminToken(options)));
  target(token.command('issue'))
    .description('Issue a token. It is shown once.')
    .requiredOption('--name <name>', 'who it is for; revoke takes it')
    .requiredOption('--role <role>', `one of ${ROLES.join(', ')}`)
    .option('--portal <id>', 'limit it to one portal')
    .option('--days <days>', 'days until it expires (default: it does not)')
    .action(async (options: Target & { name: string; role: string; portal?: string; days?: string }) => {
      const { name, role, portal, days } = options;
      const body = { name, role, ...(portal ? { portal_id: portal } : {}), ...(days ? { days: Number(days) } : {}) };
      const issued = await connect(options).call<{ token: string }>('POST', '/tokens', body);
      console.log(issued.token);
    });
  target(token.command('list'))
    .description('Names, roles and expiry of the tokens issued.')
    .action(async (options: Target) =>
      console.table((await connect(options).call<{ data: object[] }>('GET', '/tokens')).data),
    );
  target(token.command('revoke'))
    .description('End a token by its id, or all tokens of a name.')
    .argument('<name or id>')
    .action(async (name: string, options: Target) => {
      await connect(options).call('DELETE', `/tokens/${encodeURIComponent(name)}`);
      console.log(`The tokens of ${name} have ended.`);
    });
  return token;
}
