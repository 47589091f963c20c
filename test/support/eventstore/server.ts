import { randomUUID } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import pb from '@eventstore/db-client/generated/streams_pb.js';
import { StreamsService, type IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { appendCalls } from './append-calls.js';
import { noFaults, type Faults } from './faults.js';
import { Log } from './log.js';
import { readCalls } from './read-calls.js';
import type { Expected } from './recorded.js';
import { errorOf, streamOf } from './wire.js';

export interface EventStoreDouble {
  readonly url: string;
  readonly port: number;
  readonly log: Log;
  readonly faults: Faults;
  /** As a killed process: every connection breaks. What was acknowledged is on disk. */
  stop(): Promise<void>;
}

export interface DoubleOptions {
  /** Where the log is kept; in memory without one. */
  readonly folder?: string;
  /** Default: any free one. */
  readonly port?: number;
}

/** For tests: a server that speaks EventStoreDB's protocol to the real client, as far as Gatehouse and its calibration use it. */
export async function startEventStore({ folder, port = 0 }: DoubleOptions = {}): Promise<EventStoreDouble> {
  const log = new Log(folder);
  const faults = noFaults();
  const server = new grpc.Server({
    'grpc.max_concurrent_streams': 100,
    'grpc.max_receive_message_length': 17 * 1024 * 1024,
  });
  server.addService(
    StreamsService as never,
    {
      ...appendCalls(log, faults),
      ...readCalls(log, faults),
      ...deleteCalls(log),
    } satisfies IStreamsServer as never,
  );
  server.addService(ServerFeaturesService as never, { getSupportedMethods: supportedMethods } as never);
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, found) =>
      error ? reject(error) : resolve(found),
    ),
  );
  server.addService(GossipService as never, { read: gossipOf(bound) } as never);
  return {
    url: `esdb://127.0.0.1:${bound}?tls=false`,
    port: bound,
    log,
    faults,
    async stop() {
      server.forceShutdown();
      log.close();
    },
  };
}

function deleteCalls(log: Log): Pick<IStreamsServer, 'delete' | 'tombstone'> {
  return {
    async delete(call, answer) {
      const options = call.request.getOptions()!;
      const [stream, expected] = [streamOf(options), expectedOf(options)];
      const result = await log.delete(stream, expected);
      if (result.kind !== 'stored') return answer(errorOf(result, stream, expected));
      const done = new pb.DeleteResp();
      const position = new pb.DeleteResp.Position();
      position.setCommitPosition(String(result.position));
      position.setPreparePosition(String(result.position));
      done.setPosition(position);
      answer(null, done);
    },
    async tombstone(call, answer) {
      const options = call.request.getOptions()!;
      const [stream, expected] = [streamOf(options), expectedOf(options)];
      const result = await log.tombstone(stream, expected);
      if (result.kind !== 'stored') return answer(errorOf(result, stream, expected));
      const done = new pb.TombstoneResp();
      const position = new pb.TombstoneResp.Position();
      position.setCommitPosition(String(result.position));
      position.setPreparePosition(String(result.position));
      done.setPosition(position);
      answer(null, done);
    },
  };
}

function expectedOf(
  options: InstanceType<typeof pb.DeleteReq.Options> | InstanceType<typeof pb.TombstoneReq.Options>,
): Expected {
  if (options.hasRevision()) return BigInt(options.getRevision());
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
}

function supportedMethods(_: unknown, answer: grpc.sendUnaryData<unknown>): void {
  const methods = new features.SupportedMethods();
  methods.setEventStoreServerVersion('23.10.6');
  for (const [name, ...supported] of [
    ['read', 'position', 'events'],
    ['append'],
    ['delete'],
    ['tombstone'],
    ['batchappend', 'deadline_duration'],
  ]) {
    const method = new features.SupportedMethod();
    method.setServiceName('event_store.client.streams.streams');
    method.setMethodName(name!);
    method.setFeaturesList(supported);
    methods.addMethods(method);
  }
  answer(null, methods);
}

function gossipOf(port: number) {
  return (_: unknown, answer: grpc.sendUnaryData<unknown>): void => {
    const cluster = new gossip.ClusterInfo();
    const member = new gossip.MemberInfo();
    const endpoint = new gossip.EndPoint();
    const id = new shared.UUID();
    id.setString(randomUUID());
    endpoint.setAddress('127.0.0.1');
    endpoint.setPort(port);
    member.setInstanceId(id);
    member.setHttpEndPoint(endpoint);
    member.setIsAlive(true);
    member.setState(gossip.MemberInfo.VNodeState.LEADER);
    cluster.addMembers(member);
    answer(null, cluster);
  };
}
