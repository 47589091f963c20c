/**
 * Benchmarks on EventStoreDB and MongoDB: `npm run bench:engines`. Every figure is a ratio to the engines' own clients in the same
 * minute on the same servers: a double and FerretDB, or what GATEHOUSE_TEST_EVENTSTORE and GATEHOUSE_TEST_MONGODB name. Exits 0 whatever
 * they are.
 */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { markdownTable, type Line } from '../table.js';
import type { Measure } from './bench.js';
import { catchUp } from './catch-up.js';
import { commands } from './commands.js';
import { fill } from './fill.js';
import { gateway } from './gateway.js';
import { openPlace, startService } from './scene.js';
import { readYourWrites } from './wait.js';

/** Commands make the log grow, so they come last. */
const MEASURES: Readonly<Record<string, Measure>> = { 'catch-up': catchUp, wait: readYourWrites, gateway, commands };
const names = Object.keys(MEASURES);

interface Options {
  readonly only?: readonly string[];
  readonly quick?: boolean;
  readonly cpuProf?: string;
}

const program = new Command('bench:engines')
  .description('Measures the service on EventStoreDB and MongoDB against their bare clients.')
  .option('--only <measures...>', `some of ${names.join(', ')}`)
  .option('--quick', 'a part of the data and of the time: to see that it works')
  .option('--cpu-prof <dir>', 'write CPU profiles of the server here')
  .action(run);

await program.parseAsync();

async function run({ only = names, quick = false, cpuProf }: Options): Promise<void> {
  const unknown = only.filter((name) => !(name in MEASURES));
  if (unknown.length > 0) program.error(`There is no measure ${unknown.join(', ')}: choose from ${names.join(', ')}.`);
  const say = (text: string): void => console.error(`[bench] ${text}`);
  const rounds = quick ? { rounds: 1, seconds: 1 } : { rounds: 3, seconds: 4 };
  const place = await openPlace();
  try {
    const service = await startService(place, cpuProf ? ['--cpu-prof', `--cpu-prof-dir=${resolve(cpuProf)}`] : []);
    say('filling the log');
    const filled = await fill(service.server, {
      products: 64,
      applications: 64 * (rounds.rounds + 1),
      keys: quick ? 50 : 500,
    });
    const lines: Line[] = [];
    for (const name of names.filter((each) => only.includes(each))) {
      say(`measuring ${name}`);
      const measured = await MEASURES[name]!({ place, service, filled, rounds, say });
      for (const { measure, result } of measured) say(`${measure}: ${result}`);
      lines.push(...measured);
    }
    await service.stop();
    console.log(markdownTable(lines));
  } finally {
    await place.close();
  }
}
