import { setTimeout as sleep } from 'node:timers/promises';
import { send, type Connection } from './send.js';

const PATIENCE_MS = 60_000;

interface Standing {
  readonly name: string;
  readonly position: string;
}

/** What GET /status answers, as far as it matters here. */
interface Status {
  readonly log: { readonly head: string };
  readonly views: readonly Standing[];
  readonly reactors: readonly (Standing & { readonly waiting: number; readonly parked: number })[];
}

/**
 * Waits until the views have nothing left to do, and the reactors neither if they are asked for: they look up unasked only
 * every few seconds. @throws, saying what stands still, if they do not get there
 */
export async function quiet(connection: Connection, { reactors }: { readonly reactors: boolean }): Promise<Status> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await send(connection, { method: 'GET', path: '/status' });
    if (answer?.status !== 200) throw new Error(`GET /status was answered ${answer?.status ?? 'not at all'}`);
    const status = JSON.parse(answer.body) as Status;
    const { head } = status.log;
    const behind = status.views.filter(({ position }) => position !== head);
    const busy = status.reactors.filter(({ position, waiting }) => position !== head || waiting > 0);
    const unready = [...behind, ...(reactors ? busy : [])].map(({ name }) => name);
    if (unready.length === 0) return status;
    if (performance.now() > deadline) throw new Error(`not done after a minute: ${unready.join(', ')}`);
    await sleep(20);
  }
}
