import { isRecorded } from './clients.js';
import type { LogContents } from './engine-files.js';
import { createHistory } from './history.js';
import { seeded } from './random.js';
import type { Options, Run } from './run.js';
import type { Scene } from './scene.js';
import type { OpenSite } from './site.js';
import { newTally, type Tally } from './tally.js';
import { createWorld } from './world.js';

export interface Outcome {
  readonly title: string;
  readonly tally: Tally;
  readonly violations: readonly string[];
}

/** Runs the cycles and the final check. Ends early when something is wrong: the folder then shows it. */
export async function runCycles(options: Options, openSite: OpenSite): Promise<Outcome> {
  const site = await openSite(options);
  const { scene, title } = site;
  const violations: string[] = [];
  const tally = newTally();
  const run: Run = {
    ...{ ...options, scene, tally },
    ...{ world: createWorld(scene), history: createHistory(), random: seeded(options.seed) },
    baseline: baselineClaims(await site.log(), scene),
    report(kind, found) {
      tally[kind] += found.length;
      violations.push(...found);
    },
  };
  try {
    for (; tally.cycles < options.cycles && violations.length === 0;) {
      tally.cycles += 1;
      await site.cycle(run);
    }
    if (violations.length === 0) await site.finish(run);
  } catch (error) {
    run.report('otherwise', [(error as Error).message]);
  } finally {
    await site.close();
  }
  const { operations } = run.history;
  tally.sent = operations.length;
  tally.accepted = operations.filter(({ answer }) => answer && isRecorded(answer)).length;
  tally.refused = operations.filter(({ answer }) => answer && !isRecorded(answer)).length;
  return { title, tally, violations };
}

/** Claims of everything but developers and applications, which the clients make and end. */
function baselineClaims({ claims }: LogContents, scene: Scene): ReadonlyMap<string, string> {
  const people = new Set(scene.people.map(({ id }) => `developer-${id}`));
  return new Map([...claims].filter(([, owner]) => !people.has(owner)));
}
