import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '../../apps/cli/status.js';
import { send, type Connection } from './send.js';

const PATIENCE_MS = 60_000;

/** Waits until the views and the reactors have nothing left to do. @throws, saying what stands still, if they do not get there */
export async function quiet(connection: Connection): Promise<Status> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await send(connection, { method: 'GET', path: '/status' });
    if (answer?.status !== 200) throw new Error(`GET /status was answered ${answer?.status ?? 'not at all'}`);
    const status = JSON.parse(answer.body) as Status;
    const followers = [...status.views, ...(status.reactors ?? [])];
    const behind = followers.filter(({ position }) => position !== status.log.head).map(({ name }) => name);
    if (behind.length === 0) return status;
    if (performance.now() > deadline) throw new Error(`not at the log's head after a minute: ${behind.join(', ')}`);
    await sleep(20);
  }
}
