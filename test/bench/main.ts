/**
 * Benchmarks of the real server on a log of a million events: `npm run bench`. Figures of requests are ratios to a no-op
 * route of the same server in the same minute, so that they mean the same on any machine. Exits 0 whatever they are.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { generate } from './data/generate.js';
import { FULL, QUICK } from './data/plan.js';
import { MEASURES, type Bench } from './measures.js';
import { markdownTable, type Line } from './table.js';

interface Options {
  readonly only?: readonly string[];
  readonly quick?: boolean;
  readonly check?: boolean;
  readonly dataDir?: string;
  readonly cpuProf?: string;
}

const names = Object.keys(MEASURES);
const program = new Command('bench')
  .description('Measures speed and memory of the real server on a made-up log.')
  .option('--only <measures...>', `some of ${names.join(', ')}`)
  .option('--quick', 'a tenth of the data and of the time: to see that it works')
  .option('--check', 'say what is not reached')
  .option('--data-dir <dir>', 'keep the data here, and use what is there already')
  .option('--cpu-prof <dir>', 'write CPU profiles of the server here')
  .action(run);

await program.parseAsync();

async function run({ only = names, quick = false, check = false, dataDir, cpuProf }: Options): Promise<void> {
  const unknown = only.filter((name) => !(name in MEASURES));
  if (unknown.length > 0) program.error(`There is no measure ${unknown.join(', ')}: choose from ${names.join(', ')}.`);
  const bench: Bench = {
    dataDir: dataDir === undefined ? mkdtempSync(join(tmpdir(), 'gatehouse-bench-')) : resolve(dataDir),
    scale: quick ? QUICK : FULL,
    rounds: quick ? { rounds: 2, seconds: 1 } : { rounds: 4, seconds: 3 },
    nodeOptions: cpuProf === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(cpuProf)}`],
    say,
  };
  try {
    await prepare(bench);
    const lines: Line[] = [];
    for (const name of names.filter((each) => only.includes(each))) {
      say(`measuring ${name}`);
      const measured = await MEASURES[name]!(bench);
      for (const { measure, result } of measured) say(`${measure}: ${result}`);
      lines.push(...measured);
    }
    console.log(markdownTable(lines));
    if (check) report(lines);
  } finally {
    if (dataDir === undefined) rmSync(bench.dataDir, { recursive: true, force: true });
  }
}

/** Commands have changed the data of an earlier run: their applications are used up. */
async function prepare({ dataDir, scale }: Bench): Promise<void> {
  const done = join(dataDir, 'generated');
  if (existsSync(done)) return;
  const started = performance.now();
  let said = started;
  await generate(dataDir, scale, (events) => {
    if (performance.now() - said < 5_000) return;
    said = performance.now();
    say(`writing the log: ${Math.round((events / scale.events) * 100)} %`);
  });
  writeFileSync(done, '');
  const rate = Math.round(scale.events / ((performance.now() - started) / 1000));
  say(`wrote ${scale.events.toLocaleString('en-US')} events, ${rate.toLocaleString('en-US')} a second`);
}

function report(lines: readonly Line[]): void {
  const missed = lines.filter(({ reached }) => !reached);
  const text = missed.map(({ measure, result, wanted }) => `${measure}: ${result}, must reach ${wanted}`);
  console.log(missed.length === 0 ? '\nEverything is reached.' : `\nNot reached:\n${text.join('\n')}`);
}

function say(text: string): void {
  console.error(`[bench] ${text}`);
}
