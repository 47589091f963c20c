import { randomUUID } from 'node:crypto';
import pb from '@eventstore/db-client/generated/streams_pb.js';
import type { Faults } from './faults.js';
import type { Log } from './log.js';
import { drained, fail, type ReadCall } from './read-calls.js';
import type { Recorded } from './recorded.js';
import { errorOf, failed, readEvent, streamOf } from './wire.js';

type Options = InstanceType<typeof pb.ReadReq.Options>;

const ABORTED = 10;
const SCAN_WINDOW = 32;

/** Sends the backlog, says that it is caught up, and goes on live until the reader leaves or is too slow. */
export async function subscribe(call: ReadCall, options: Options, log: Log, faults: Faults): Promise<void> {
  const stream = options.getStream() ? streamOf(options.getStream()!) : undefined;
  const wanted = filterOf(options);
  if (wanted === 'bad') return fail(call, failed(2, 'Exception was thrown by handler.'));
  if (stream !== undefined && log.stream(stream) === 'deleted')
    return fail(call, errorOf({ kind: 'deleted' }, stream, 'any'));
  const started = startOf(options, log);
  let next = started.index;
  let scanned = 0;
  let live = false;
  let pumping = false;
  const over = (): boolean => call.cancelled || call.destroyed;

  const matches = (event: Recorded): boolean =>
    stream === undefined ? wanted(event) : event.stream === stream && event.revision > started.revision;

  async function pump(): Promise<void> {
    if (pumping) return;
    pumping = true;
    while (next < log.events.length && !over()) {
      const event = log.events[next++]!;
      let sent = true;
      if (matches(event)) sent = call.write(readEvent(event));
      if (options.hasFilter() && ++scanned % windowOf(options) === 0)
        sent = call.write(checkpoint(event, live)) && sent;
      if (stream === event.stream && event.type === '$streamDeleted') {
        fail(call, errorOf({ kind: 'deleted' }, stream, 'any'));
        return stop();
      }
      if (!sent) await drained(call);
      await faults.frozen;
    }
    pumping = false;
    if (live || over() || (stream !== undefined && log.stream(stream) === 'missing')) return;
    live = true;
    const answer = new pb.ReadResp();
    answer.setCaughtUp(new pb.ReadResp.CaughtUp());
    call.write(answer);
  }

  const stop = log.onCommit(() => {
    let waiting = 0;
    for (let index = next; live && index < log.events.length; index++) if (matches(log.events[index]!)) waiting++;
    if (waiting <= faults.liveBuffer) return void pump();
    stop();
    next = Number.MAX_SAFE_INTEGER;
    fail(call, failed(ABORTED, 'Consumer too slow to handle event while live. Client resubscription required.'));
  });
  for (const event of ['cancelled', 'close', 'error']) call.on(event, stop);

  call.write(confirmation());
  await pump();
}

function confirmation(): InstanceType<typeof pb.ReadResp> {
  const confirmed = new pb.ReadResp.SubscriptionConfirmation();
  const answer = new pb.ReadResp();
  confirmed.setSubscriptionId(randomUUID());
  answer.setConfirmation(confirmed);
  return answer;
}

function checkpoint({ position }: Recorded, live: boolean): InstanceType<typeof pb.ReadResp> {
  const reached = new pb.ReadResp.Checkpoint();
  const answer = new pb.ReadResp();
  reached.setCommitPosition(String(position));
  reached.setPreparePosition(live ? String(position) : '0');
  answer.setCheckpoint(reached);
  return answer;
}

function windowOf(options: Options): number {
  const filter = options.getFilter()!;
  return (filter.hasMax() ? filter.getMax() : SCAN_WINDOW) * Math.max(1, filter.getCheckpointintervalmultiplier());
}

/** Starts after what is given: positions and revisions are exclusive. */
function startOf(options: Options, log: Log): { index: number; revision: bigint } {
  const stream = options.getStream();
  const all = options.getAll();
  if (stream?.hasEnd() || all?.hasEnd()) return { index: log.events.length, revision: -1n };
  if (stream?.hasRevision()) return { index: 0, revision: BigInt(stream.getRevision()) };
  if (!all?.hasPosition()) return { index: 0, revision: -1n };
  return { index: log.indexFrom(BigInt(all.getPosition()!.getCommitPosition()) + 1n), revision: -1n };
}

function filterOf(options: Options): ((event: Recorded) => boolean) | 'bad' {
  const filter = options.getFilter();
  const expression = filter?.getStreamIdentifier() ?? filter?.getEventType();
  if (!expression) return () => true;
  const text = ({ stream, type }: Recorded): string => (filter!.hasEventType() ? type : stream);
  const prefixes = expression.getPrefixList();
  if (prefixes.length > 0) return (event) => prefixes.some((prefix) => text(event).startsWith(prefix));
  try {
    const pattern = new RegExp(expression.getRegex());
    return (event) => pattern.test(text(event));
  } catch {
    return 'bad';
  }
}
