import { setTimeout as delay } from 'node:timers/promises';
import type { Services } from '../services.js';

/** The parts that answers and commands need. Blobs are on the engine of the read models. */
export const ENGINES = ['event_store', 'read_models', 'vault'] as const;
export type EngineName = (typeof ENGINES)[number];
export type EngineStates = Readonly<Record<EngineName, 'up' | 'down'>>;

/** One that has not answered by then is down. */
const PATIENCE_MS = 1_000;
/** Whoever asks more often gets the same answer. */
const KEPT_MS = 500;

type Needs = Pick<Services, 'store' | 'reads' | 'vault'>;

/** Asks each engine something small; many who ask at once share the asking. */
export function engineStates({ store, reads, vault }: Needs): () => Promise<EngineStates> {
  const asking: Readonly<Record<EngineName, () => Promise<unknown>>> = {
    event_store: () => store.head(),
    read_models: () => reads.get('portals', '-'),
    vault: () => vault.get('probe', '-'),
  };
  let last: { readonly states: Promise<EngineStates>; readonly at: number } | undefined;
  return () => {
    if (!last || performance.now() - last.at > KEPT_MS) last = { states: askAll(asking), at: performance.now() };
    return last.states;
  };
}

async function askAll(asking: Readonly<Record<EngineName, () => Promise<unknown>>>): Promise<EngineStates> {
  const found = await Promise.all(ENGINES.map(async (name) => [name, await stateOf(asking[name])] as const));
  return Object.fromEntries(found) as EngineStates;
}

async function stateOf(ask: () => Promise<unknown>): Promise<'up' | 'down'> {
  const timer = new AbortController();
  const late = delay(PATIENCE_MS, 'down' as const, { signal: timer.signal, ref: false }).catch(() => 'down' as const);
  const answered = ask().then(
    () => 'up' as const,
    () => 'down' as const,
  );
  const state = await Promise.race([answered, late]);
  timer.abort();
  return state;
}
