import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { CliError, connect, type Target } from './client.js';
import { progress } from './progress.js';
import { readStatus } from './status.js';

export function rebuildCommand(): Command {
  return new Command('rebuild')
    .description('Build views anew from the log, beside the present ones, which stay served until then.')
    .argument('[view]', 'one view (default: all)')
    .option('--data-dir <dir>', 'data folder of the server (default ./data)')
    .option('--url <url>', 'address of the server')
    .action(async (view: string | undefined, options: Target) => {
      const client = connect(options);
      await client.call('POST', '/views/rebuild', view ? { view } : {});
      const bar = progress('Rebuilding');
      for (;;) {
        const views = (await readStatus(client)).views.filter(({ name }) => !view || name === view);
        const open = views.filter(({ rebuilding }) => rebuilding !== null);
        const blocked = views.find((one) => one.blocked);
        if (blocked)
          throw new CliError(`${blocked.name} is blocked at ${blocked.blocked!.position}: ${blocked.blocked!.error}`);
        if (open.length === 0) return bar.done(`${views.length} ${views.length === 1 ? 'view' : 'views'}`);
        const share = views.reduce((sum, { rebuilding }) => sum + (rebuilding ?? 1), 0) / views.length;
        bar.update(share, open.map(({ name }) => name).join(', '));
        await sleep(200);
      }
    });
}
