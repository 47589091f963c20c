import { runHistory, type Weakening } from './model/claims-world.js';

/** Histories to try; more for a longer run. */
const RUNS = Number(process.env['GATEHOUSE_MODEL_RUNS'] ?? 300);
const SEED = Number(process.env['GATEHOUSE_MODEL_SEED'] ?? 1);

async function firstFault(weakening: Weakening, runs: number): Promise<string | undefined> {
  for (let run = 0; run < runs; run++) {
    try {
      await runHistory(SEED + run, weakening);
    } catch (error) {
      return `seed ${SEED + run}: ${(error as Error).message}`;
    }
  }
  return undefined;
}

describe('Claims on EventStoreDB, in random histories of racing, stalling and dying processes', () => {
  it('are never held twice and never lost', async () => {
    expect(await firstFault('none', RUNS)).toBeUndefined();
  }, 3_600_000);

  it('need fences and deaths to be tried at all', async () => {
    let [fences, deaths] = [0, 0];
    for (let run = 0; run < 100; run++) {
      const found = await runHistory(SEED + run);
      fences += found.fences;
      deaths += found.deaths;
    }
    expect(fences).toBeGreaterThan(5);
    expect(deaths).toBeGreaterThan(20);
  });

  it.each<Weakening>(['no fences', 'claims after the events'])(
    'are held twice with a weaker protocol: %s',
    async (weakening) => {
      expect(await firstFault(weakening, 2_000)).toMatch(/is held by .* and /);
    },
    120_000,
  );
});
