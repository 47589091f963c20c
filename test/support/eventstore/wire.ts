import * as grpc from '@grpc/grpc-js';
import pb from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import { MAX_APPEND_SIZE, type Committed, type Expected, type Proposed, type Recorded } from './recorded.js';

type Identified = { getStreamIdentifier(): InstanceType<typeof shared.StreamIdentifier> | undefined };
type Message = {
  getId(): InstanceType<typeof shared.UUID> | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
};
type ServerError = Partial<grpc.StatusObject>;

export const streamOf = (options: Identified): string =>
  Buffer.from(options.getStreamIdentifier()!.getStreamName_asU8()).toString('utf8');

export function uuidOf(uuid: InstanceType<typeof shared.UUID>): string {
  if (uuid.hasString()) return uuid.getString().toLowerCase();
  const structured = uuid.getStructured()!;
  const half = (bits: string) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
  const hex = half(structured.getMostSignificantBits()) + half(structured.getLeastSignificantBits());
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export const proposedOf = (message: Message): Proposed => ({
  id: uuidOf(message.getId()!),
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
});

/** What the call is answered with when it fails, in the forms that the client tells apart. */
export function errorOf(
  failure: Exclude<Committed, { kind: 'stored' }>,
  stream: string,
  expected: Expected,
): ServerError {
  switch (failure.kind) {
    case 'deleted':
      return failed(9, `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': stream });
    case 'too-large':
      return failed(3, 'Maximum Append Size exceeded.', {
        exception: 'maximum-append-size-exceeded',
        'maximum-append-size': String(MAX_APPEND_SIZE),
      });
    case 'bad-request':
      return failed(2, 'Exception was thrown by handler.');
    case 'wrong-version':
      return failed(9, 'Wrong expected version.', {
        exception: 'wrong-expected-version',
        'stream-name': stream,
        'expected-version': String(numbered(expected)),
        'actual-version': String(failure.actual ?? -1n),
      });
  }
}

export function failed(code: number, details: string, metadata: Record<string, string> = {}): ServerError {
  const sent = new grpc.Metadata();
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
  return { code, details, metadata: sent };
}

const numbered = (expected: Expected): bigint =>
  typeof expected === 'bigint' ? expected : { no_stream: -1n, any: -2n, stream_exists: -4n }[expected];

/** The answer of the plain append call. A wrong version is part of it, other failures are errors of the call. */
export function appendAnswer(result: Committed, expected: Expected): InstanceType<typeof pb.AppendResp> {
  const answer = new pb.AppendResp();
  if (result.kind === 'stored') {
    const success = new pb.AppendResp.Success();
    if (result.revision < 0n) success.setNoStream(new shared.Empty() as never);
    else success.setCurrentRevision(String(result.revision));
    if (result.position !== undefined) {
      const position = new pb.AppendResp.Position();
      position.setCommitPosition(String(result.position));
      position.setPreparePosition(String(result.position));
      success.setPosition(position);
    } else success.setNoPosition(new shared.Empty());
    answer.setSuccess(success);
  } else if (result.kind === 'wrong-version') {
    const wrong = new pb.AppendResp.WrongExpectedVersion();
    if (result.actual === undefined) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(result.actual));
    if (typeof expected === 'bigint') wrong.setExpectedRevision(String(expected));
    else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
    else if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
    else wrong.setExpectedStreamExists(new shared.Empty());
    answer.setWrongExpectedVersion(wrong);
  }
  return answer;
}

/** The answer of the batch append call: failures are a status with a packed message that says which. */
export function batchAnswer(result: Committed, expected: Expected): InstanceType<typeof pb.BatchAppendResp> {
  const answer = new pb.BatchAppendResp();
  if (result.kind === 'stored') {
    const success = new pb.BatchAppendResp.Success();
    if (result.revision < 0n) success.setNoStream(new shared.Empty() as never);
    else success.setCurrentRevision(String(result.revision));
    if (result.position !== undefined) {
      const position = new shared.AllStreamPosition();
      position.setCommitPosition(String(result.position));
      position.setPreparePosition(String(result.position));
      success.setPosition(position);
    } else success.setNoPosition(new shared.Empty() as never);
    answer.setSuccess(success);
    return answer;
  }
  if (result.kind === 'wrong-version') {
    const wrong = new shared.WrongExpectedVersion();
    if (result.actual === undefined) wrong.setCurrentNoStream(new shared.Empty() as never);
    else wrong.setCurrentStreamRevision(String(result.actual));
    if (typeof expected === 'bigint') wrong.setExpectedStreamPosition(String(expected));
    else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty() as never);
    else if (expected === 'any') wrong.setExpectedAny(new shared.Empty() as never);
    else wrong.setExpectedStreamExists(new shared.Empty() as never);
    answer.setError(batchError('WrongExpectedVersion', wrong.serializeBinary()));
  } else if (result.kind === 'too-large') {
    const large = new shared.MaximumAppendSizeExceeded();
    large.setMaxappendsize(MAX_APPEND_SIZE);
    answer.setError(batchError('MaximumAppendSizeExceeded', large.serializeBinary()));
  } else answer.setError(batchError(result.kind === 'deleted' ? 'StreamDeleted' : 'BadRequest'));
  return answer;
}

export function batchError(name: string, bytes: Uint8Array = new Uint8Array()): InstanceType<typeof statusPb.Status> {
  const status = new statusPb.Status();
  const details = new anyPb.Any();
  details.pack(bytes, `event_store.client.${name}`);
  status.setCode(2);
  status.setMessage(name);
  status.setDetails(details);
  return status;
}

export function readEvent(event: Recorded): InstanceType<typeof pb.ReadResp> {
  const answer = new pb.ReadResp();
  const read = new pb.ReadResp.ReadEvent();
  const recorded = new pb.ReadResp.ReadEvent.RecordedEvent();
  const id = new shared.UUID();
  const stream = new shared.StreamIdentifier();
  id.setString(event.id);
  stream.setStreamName(Buffer.from(event.stream));
  recorded.setId(id);
  recorded.setStreamIdentifier(stream);
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(String(event.position));
  recorded.setPreparePosition(String(event.position));
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  recorded.getMetadataMap().set('type', event.type).set('content-type', event.contentType);
  recorded.getMetadataMap().set('created', String(event.created));
  read.setEvent(recorded);
  read.setCommitPosition(String(event.position));
  answer.setEvent(read);
  return answer;
}
