import { setImmediate as turn } from 'node:timers/promises';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import pb from '@eventstore/db-client/generated/streams_pb.js';
import type { Faults } from './faults.js';
import type { Log } from './log.js';
import type { Committed, Expected, Proposed } from './recorded.js';
import { appendAnswer, batchAnswer, batchError, errorOf, failed, proposedOf, streamOf, uuidOf } from './wire.js';

type Options = InstanceType<typeof pb.AppendReq.Options>;
type BatchOptions = InstanceType<typeof pb.BatchAppendReq.Options>;

const UNAVAILABLE = 14;

/** The two ways to append: one call each, and one long call with many appends. */
export function appendCalls(log: Log, faults: Faults): Pick<IStreamsServer, 'append' | 'batchAppend'> {
  /** Undefined: stored or not, nobody is told. */
  async function commit(stream: string, expected: Expected, events: Proposed[]): Promise<Committed | undefined> {
    await faults.frozen;
    if (!faults.arrives(stream)) return undefined;
    const result = await log.append(stream, expected, events);
    if (result.kind !== 'stored' || faults.loseAcks === 0) return result;
    faults.loseAcks--;
    faults.onLostAck();
    return undefined;
  }

  function refusal(): string | undefined {
    if (faults.notReady) return 'Server Is Not Ready';
    if (faults.refuseAppends === 0) return undefined;
    faults.refuseAppends--;
    return 'No connection established';
  }

  return {
    append(call, answer) {
      let options: Options | undefined;
      const events: Proposed[] = [];
      call.on('data', (message: InstanceType<typeof pb.AppendReq>) => {
        if (message.hasOptions()) options = message.getOptions();
        else events.push(proposedOf(message.getProposedMessage()!));
      });
      call.on('error', () => undefined);
      call.on('end', async () => {
        // A call that was broken off ends, too; that it was is told after.
        await turn();
        if (call.cancelled) return;
        const refused = refusal();
        if (refused) return answer(failed(UNAVAILABLE, refused));
        const stream = streamOf(options!);
        const expected = expectedOf(options!);
        void commit(stream, expected, events).then((result) => {
          if (!result) return;
          if (result.kind === 'stored' || result.kind === 'wrong-version') answer(null, appendAnswer(result, expected));
          else answer(errorOf(result, stream, expected));
        });
      });
    },

    batchAppend(call) {
      const open = new Map<string, { options: BatchOptions; events: Proposed[] }>();
      call.on('data', (message: InstanceType<typeof pb.BatchAppendReq>) => {
        const correlation = uuidOf(message.getCorrelationId()!);
        const one = open.get(correlation) ?? { options: message.getOptions()!, events: [] };
        open.set(correlation, one);
        one.events.push(...message.getProposedMessagesList().map(proposedOf));
        if (!message.getIsFinal()) return;
        open.delete(correlation);
        const send = (answer: InstanceType<typeof pb.BatchAppendResp>) => {
          answer.setCorrelationId(message.getCorrelationId());
          answer.setStreamIdentifier(one.options.getStreamIdentifier());
          call.write(answer);
        };
        const refused = refusal() ?? (overdue(one.options) ? 'Timeout' : undefined);
        if (refused) {
          const answer = new pb.BatchAppendResp();
          answer.setError(batchError(refused));
          return send(answer);
        }
        const expected = batchExpectedOf(one.options);
        void commit(streamOf(one.options), expected, one.events).then((result) => {
          if (result && !call.cancelled) send(batchAnswer(result, expected));
        });
      });
      call.on('error', () => undefined);
      call.on('end', () => call.end());
    },
  };
}

function overdue(options: BatchOptions): boolean {
  const deadline = options.getDeadline();
  return deadline !== undefined && (deadline as { toDate(): Date }).toDate().getTime() < Date.now();
}

function expectedOf(options: Options): Expected {
  if (options.hasRevision()) return BigInt(options.getRevision());
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
}

function batchExpectedOf(options: BatchOptions): Expected {
  if (options.hasStreamPosition()) return BigInt(options.getStreamPosition());
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
}
