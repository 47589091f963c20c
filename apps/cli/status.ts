import { Command } from 'commander';
import { connect, type Client, type Target } from './client.js';

/** What GET /status answers, as far as the command line shows it. */
export interface Status {
  readonly version: string;
  /** `up` or `down`, by part. */
  readonly engines: Readonly<Record<string, string>>;
  readonly log: { readonly id: string; readonly head: string | null };
  readonly views: readonly {
    readonly name: string;
    readonly position: string;
    readonly lag_seconds: number | null;
    readonly live: boolean;
    readonly blocked: { readonly position: string; readonly error: string } | null;
    readonly rebuilding: number | null;
  }[];
  readonly reactors: readonly Reactor[];
}

interface Reactor {
  readonly name: string;
  readonly position: string;
  readonly waiting: number;
  readonly retrying: number;
  readonly parked: number;
  readonly problems: readonly { readonly key: string; readonly tries: number; readonly error: string }[];
  readonly progress: readonly { readonly key: string; readonly done: number; readonly total: number }[];
  readonly blocked: string | null;
}

export const readStatus = (client: Client): Promise<Status> => client.call<Status>('GET', '/status');

export function statusCommand(): Command {
  return new Command('status')
    .description('How the log, the views and the reactors stand.')
    .option('--data-dir <dir>', 'data folder of the server (default ./data)')
    .option('--url <url>', 'address of the server')
    .option('--json', 'as JSON')
    .action(async (options: Target & { json?: boolean }) => {
      const client = connect(options);
      const status = await readStatus(client);
      if (options.json) return console.log(JSON.stringify(status, null, 2));
      console.log(
        `Gatehouse ${status.version} at ${client.url}, log ${status.log.id}, head ${status.log.head ?? 'unknown'}`,
      );
      for (const [engine, state] of Object.entries(status.engines)) {
        if (state !== 'up') console.log(`${engine.replace('_', ' ')} is ${state}`);
      }
      console.table(
        status.views.map(({ name, position, lag_seconds, live, blocked, rebuilding }) => ({
          view: name,
          position,
          'lag (s)': lag_seconds,
          state: stateOf(live, blocked, rebuilding),
        })),
      );
      console.table(
        status.reactors.map(({ name, position, waiting, retrying, parked }) => ({
          reactor: name,
          position,
          waiting,
          retrying,
          parked,
        })),
      );
      for (const line of status.reactors.flatMap(detailsOf)) console.log(line);
      const isDown = Object.values(status.engines).includes('down');
      const isStuck =
        isDown ||
        status.views.some(({ blocked }) => blocked) ||
        status.reactors.some(({ parked, blocked }) => parked > 0 || blocked !== null);
      if (isStuck) process.exitCode = 2;
      return undefined;
    });
}

/** What is under way for long, and what was given up and why. */
const detailsOf = ({ name, progress, problems, blocked }: Reactor): readonly string[] => [
  ...(blocked === null ? [] : [`${name}: ${blocked}`]),
  ...progress.map(({ key, done, total }) => `${name}: ${key} is under way, ${done} of ${total}`),
  ...problems.map(({ key, tries, error }) => `${name}: ${key} was given up after ${tries} tries: ${error}`),
];

function stateOf(
  live: boolean,
  blocked: { position: string; error: string } | null,
  rebuilding: number | null,
): string {
  if (blocked) return `blocked at ${blocked.position}: ${blocked.error}`;
  if (rebuilding !== null) return `rebuilding, ${Math.round(rebuilding * 100)} %`;
  return live ? 'live' : 'catching up';
}
