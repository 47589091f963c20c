import { Command } from 'commander';
import { connect, type Target } from '../client.js';
import { progress } from '../progress.js';
import { seed } from './seed.js';

export function seedCommand(): Command {
  return new Command('seed')
    .description('Make a portal with a sample catalogue of real OpenAPI descriptions on the running server.')
    .option('--portal <name>', 'name of the portal', 'acme')
    .option('--data-dir <dir>', 'data folder of the server (default ./data)')
    .option('--url <url>', 'address of the server')
    .action(async (options: Target & { portal: string }) => {
      const client = connect(options);
      const { portal, products } = await seed(client, options.portal, progress('Seeding'));
      const { port } = new URL(client.url);
      console.log(`Portal ${portal.name} (${portal.id}) at http://${portal.default_domain}${port && `:${port}`}`);
      for (const { name, id, bytes } of products)
        console.log(`  ${name.padEnd(18)} ${id}  ${Math.round(bytes / 1024)} kB of OpenAPI`);
    });
}
