import { Command } from 'commander';
import { CliError, connect, type Target } from './client.js';

interface CloudEvent {
  readonly sequence: string;
  readonly time: string;
  readonly type: string;
  readonly subject: string;
}

export function eventsCommand(): Command {
  return new Command('events')
    .description('Print the event feed from the beginning, or from a position on.')
    .option('--after <position>', 'start after this position, as Gatehouse-Next gave it')
    .option('--type <type>', 'only events of this type')
    .option('--subject <stream>', 'only events of this stream')
    .option('--follow', 'wait for more')
    .option('--json', 'whole CloudEvents, one a line')
    .option('--data-dir <dir>', 'data folder of the server (default ./data)')
    .option('--url <url>', 'address of the server')
    .action(
      async (
        options: Target & { after?: string; type?: string; subject?: string; follow?: boolean; json?: boolean },
      ) => {
        const client = connect(options);
        let after = options.after;
        for (;;) {
          const query = new URLSearchParams({ limit: '500', ...(options.follow ? { wait: '30' } : {}) });
          for (const [name, value] of Object.entries({ after, type: options.type, subject: options.subject })) {
            if (value !== undefined) query.set(name, value);
          }
          const response = await client.fetch(`/events?${query}`);
          if (!response.ok)
            throw new CliError(
              `GET /events: ${response.status} ${((await response.json()) as { detail: string }).detail}`,
            );
          const events = (await response.json()) as CloudEvent[];
          for (const event of events) console.log(options.json ? JSON.stringify(event) : line(event));
          const next = response.headers.get('gatehouse-next') ?? undefined;
          if (!options.follow && (events.length === 0 || next === after)) return;
          after = next;
        }
      },
    );
}

const line = ({ sequence, time, type, subject }: CloudEvent): string =>
  `${sequence.replace(/^0+/, '').padStart(8)}  ${time}  ${type.padEnd(42)} ${subject}`;
