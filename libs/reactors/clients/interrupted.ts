import { setTimeout as delay } from 'node:timers/promises';
import { clientOf, type ClientServices } from './services.js';
import type { LogEvent } from '#read-models/log-event.js';

/** Longer than a request may take for its call and its outcome. */
const GRACE_MS = 20_000;
const LOOK_EVERY_MS = 250;

/**
 * A registration without an outcome: the process that had it in hand ended. Nobody waits for its answer any more, so the
 * application is taken back. If the call was never begun, it never will be; if it was, the provider may have made a client.
 */
export async function finishInterrupted(event: LogEvent, services: ClientServices, signal: AbortSignal): Promise<void> {
  const { clients, send, now } = services;
  const application_id = event.entityId;
  const until = Date.parse(event.at) + GRACE_MS;
  for (;;) {
    if ((await clientOf(services, application_id))?.status !== 'requested') return;
    if (now() >= until) break;
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
  const unbegun = await clients.records.begin(application_id);
  const client_id = unbegun ? undefined : (await clients.records.get(application_id))?.client_id;
  await send(
    'FailClient',
    { application_id, why: 'interrupted', may_exist: !unbegun, ...(client_id !== undefined && { client_id }) },
    application_id,
    { reactor: 'clients', event },
  );
}
