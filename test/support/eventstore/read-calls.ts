import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import pb from '@eventstore/db-client/generated/streams_pb.js';
import type { Faults } from './faults.js';
import type { Log } from './log.js';
import type { Recorded } from './recorded.js';
import { subscribe } from './subscriptions.js';
import { errorOf, failed, readEvent, streamOf } from './wire.js';

export type ReadCall = Parameters<IStreamsServer['read']>[0];
type Options = InstanceType<typeof pb.ReadReq.Options>;

const UNAVAILABLE = 14;

/** Reads of a stream or of all, both ways, and subscriptions, which are the same call. */
export function readCalls(log: Log, faults: Faults): Pick<IStreamsServer, 'read'> {
  return {
    read(call) {
      void (async () => {
        await faults.frozen;
        log.flush();
        call.on('error', () => undefined);
        if (faults.notReady) return fail(call, failed(UNAVAILABLE, 'Server Is Not Ready'));
        const options = call.request.getOptions()!;
        if (options.hasSubscription()) return subscribe(call, options, log, faults);
        await read(call, options, log);
      })();
    },
  };
}

export const fail = (call: ReadCall, error: object): void => void call.emit('error', error);

async function read(call: ReadCall, options: Options, log: Log): Promise<void> {
  const backwards = options.getReadDirection() === pb.ReadReq.Options.ReadDirection.BACKWARDS;
  const count = BigInt(options.getCount());
  const source = options.getStream() ?? options.getAll()!;
  if (count === 0n || (source.hasEnd() && !backwards)) {
    return fail(call, failed(2, 'Unexpected ReadStreamResult: Error'));
  }
  const stream = options.getStream();
  const found = stream ? log.stream(streamOf(stream)) : log.events;
  if (found === 'deleted') return fail(call, errorOf({ kind: 'deleted' }, streamOf(stream!), 'any'));
  if (found === 'missing') {
    const missing = new pb.ReadResp.StreamNotFound();
    const answer = new pb.ReadResp();
    missing.setStreamIdentifier(stream!.getStreamIdentifier());
    answer.setStreamNotFound(missing);
    call.write(answer);
    call.end();
    return;
  }
  const hits = found.filter(inRange(options, backwards));
  if (backwards) hits.reverse();
  for (const event of count < BigInt(hits.length) ? hits.slice(0, Number(count)) : hits) {
    if (call.cancelled) return;
    if (!call.write(readEvent(event))) await drained(call);
  }
  call.end();
}

/** Resolves when more can be written, and also when nobody reads any more. */
export function drained(call: ReadCall): Promise<void> {
  const events = ['drain', 'cancelled', 'close', 'error'];
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of events) call.off(event, done);
      resolve();
    };
    for (const event of events) call.on(event, done);
  });
}

/** Inclusive, but for reads of all backwards from a position. */
function inRange(options: Options, backwards: boolean): (event: Recorded) => boolean {
  const stream = options.getStream();
  const all = options.getAll();
  if (stream?.hasRevision()) {
    const from = BigInt(stream.getRevision());
    return ({ revision }) => (backwards ? revision <= from : revision >= from);
  }
  if (all?.hasPosition()) {
    const from = BigInt(all.getPosition()!.getCommitPosition());
    return ({ position }) => (backwards ? position < from : position >= from);
  }
  const end = stream?.hasEnd() || all?.hasEnd();
  if (end || !backwards) return () => true;
  // Backwards from the start: the first event, if it is there.
  return stream ? ({ revision }) => revision === 0n : () => false;
}
