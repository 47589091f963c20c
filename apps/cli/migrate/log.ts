import { canonicalBody } from '#event-store/canonical.js';
import { logDigest, type LogDigest } from '#event-store/digest.js';
import { claimsIn } from '#event-store/held-claims.js';
import type { StoredEvent } from '#event-store/port.js';
import { LogInUse, type LogTransfer } from '#event-store/transfer.js';
import { CliError } from '../client.js';

const PAGE = 500;
/** Written at once. */
const BATCH = 200;

/** Told of the position that has been reached in the source, and how many events that are. */
export type Reached = (position: bigint, events: number) => void;

/** The whole log, in its order. */
export async function* eventsOf(log: Pick<LogTransfer, 'read'>): AsyncGenerator<StoredEvent, undefined> {
  for (let after = 0n; ;) {
    const page = await log.read(after, PAGE);
    yield* page;
    if (page.length === 0) return;
    after = page.at(-1)!.position;
  }
}

/** Whether two logs have the same event at the same place of the same stream. */
const isSame = (one: StoredEvent, other: StoredEvent): boolean =>
  one.id === other.id &&
  one.stream === other.stream &&
  one.revision === other.revision &&
  canonicalBody(one) === canonicalBody(other);

/**
 * Brings the events to the target, which `begin` has prepared, that are not there yet; what is there must be how the source begins. The claims that streams
 * hold are made from what the events say.
 * @throws LogInUse if the target has anything else
 */
export async function copyLog(source: LogTransfer, target: LogTransfer, reached: Reached): Promise<void> {
  const arrived = eventsOf(target);
  let isThere = true;
  let batch: StoredEvent[] = [];
  let events = 0;
  const held = new Map<string, string>();

  async function flush(): Promise<void> {
    if (batch.length > 0) await target.write(batch);
    batch = [];
  }

  for await (const event of eventsOf(source)) {
    const there: IteratorResult<StoredEvent, undefined> | undefined = isThere ? await arrived.next() : undefined;
    isThere = there?.done === false;
    if (there?.value && !isSame(event, there.value)) throw another();
    if (!isThere) batch.push(event);
    if (batch.length === BATCH) await flush();
    hold(held, event);
    events += 1;
    if (events % BATCH === 0) reached(event.position, events);
  }
  if (isThere && !(await arrived.next()).done) throw another();
  await flush();
  reached(await source.end(), events);
  await target.hold(held);
}

const another = (): LogInUse =>
  new LogInUse('The target has events that the source has not: it is in use, or another log has been moved there');

function hold(held: Map<string, string>, { stream, metadata }: StoredEvent): void {
  const change = claimsIn(metadata);
  for (const claim of change?.drop ?? []) if (held.get(claim) === stream) held.delete(claim);
  for (const claim of change?.take ?? []) {
    if ((held.get(claim) ?? stream) !== stream) {
      throw new CliError(`${stream} and ${held.get(claim)} hold the same unique value: the source is damaged`);
    }
    held.set(claim, stream);
  }
}

/**
 * Reads both logs through, event by event.
 * @param each told of each event and of its place in the target
 * @throws CliError if they differ anywhere
 */
export async function compareLogs(
  source: LogTransfer,
  target: LogTransfer,
  each: (event: StoredEvent, place: bigint) => void,
  reached: Reached,
): Promise<LogDigest> {
  const [here, there] = [logDigest(), logDigest()];
  const arrived = eventsOf(target);
  for await (const event of eventsOf(source)) {
    const copy = (await arrived.next()).value;
    if (!copy || !isSame(event, copy)) {
      throw new CliError(`Revision ${event.revision} of ${event.stream} is another on the two sides`);
    }
    here.add(event);
    there.add(copy);
    each(event, copy.position);
    if (here.count % BATCH === 0) reached(event.position, here.count);
  }
  if (!(await arrived.next()).done || here.root() !== there.root()) {
    throw new CliError('The target has more events than the source');
  }
  reached(await source.end(), here.count);
  return there;
}
