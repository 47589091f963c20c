import type { Blobs } from '#blobs/port.js';
import type { ConsumptionStore } from '#consumption/port.js';
import { CliError } from '../client.js';

const PAGE = 500;

async function namesOf(blobs: Blobs): Promise<readonly string[]> {
  const names: string[] = [];
  for (;;) {
    const page = await blobs.list({ ...(names.length > 0 && { after: names.at(-1)! }), limit: PAGE });
    names.push(...page);
    if (page.length < PAGE) return names;
  }
}

/** Those that the target has not; the number of all. Each is checked against its hash. */
export async function copyBlobs(source: Blobs, target: Blobs): Promise<number> {
  const names = await namesOf(source);
  const there = new Set(await namesOf(target));
  for (const name of names) {
    if (there.has(name)) continue;
    const bytes = await source.get(name);
    if (bytes === undefined || (await target.put(bytes)) !== name) {
      throw new CliError(`The document ${name} could not be copied`);
    }
  }
  return names.length;
}

/** Statistics of calls, in place of those of an earlier try. */
export async function copyConsumption(source: ConsumptionStore, target: ConsumptionStore): Promise<void> {
  let from: string | undefined;
  do {
    const { next, ...portion } = await source.portion(from);
    await target.putPortion(portion);
    from = next;
  } while (from !== undefined);
}
