import { setTimeout as sleep } from 'node:timers/promises';
import { send, type Connection } from './send.js';

const PATIENCE_MS = 120_000;

interface Standing {
  readonly name: string;
  readonly position: string;
}

/** What GET /status answers, as far as it matters here. */
interface Status {
  readonly log: { readonly head: string | null };
  readonly views: readonly (Standing & { readonly live: boolean; readonly rebuilding: number | null })[];
  readonly reactors: readonly (Standing & { readonly waiting: number; readonly parked: number })[];
}

/**
 * Waits until the views have nothing left to do, and the reactors neither if they are asked for: they look up unasked only
 * every few seconds. Answers what they have given up. @throws, saying what stands still, if they do not get there
 */
export async function quiet(
  connection: Connection,
  { reactors }: { readonly reactors: boolean },
): Promise<readonly string[]> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await send(connection, { method: 'GET', path: '/status' });
    if (answer?.status !== 200 && !connection.patient) {
      throw new Error(`GET /status was answered ${answer?.status ?? 'not at all'}`);
    }
    const status = answer?.status === 200 ? (JSON.parse(answer.body) as Status) : undefined;
    const unready = status ? unreadyIn(status, reactors) : ['the service'];
    if (status && unready.length === 0) return givenUp(status);
    if (performance.now() > deadline) throw new Error(`not done after two minutes: ${unready.join(', ')}`);
    await sleep(20);
  }
}

function unreadyIn({ log, views, reactors }: Status, andReactors: boolean): string[] {
  const isBehind = ({ position }: Standing): boolean => log.head === null || BigInt(position) < BigInt(log.head);
  const behind = views.filter((view) => isBehind(view) || !view.live || view.rebuilding !== null);
  const busy = reactors.filter((reactor) => isBehind(reactor) || reactor.waiting > 0);
  return [...behind, ...(andReactors ? busy : [])].map(({ name }) => name);
}

const givenUp = ({ reactors }: Status): readonly string[] =>
  reactors.filter(({ parked }) => parked > 0).map(({ name, parked }) => `${parked} effects of ${name} are parked`);
