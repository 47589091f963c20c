import { createRequire } from 'node:module';
import { Duplex } from 'node:stream';
import { failCommandsOfClosedConnections, type DriverConnection } from './closed-while-writing.js';

interface Connection extends DriverConnection {
  command(namespace: object, command: object, options: object): Promise<unknown>;
}

const load = createRequire(import.meta.url);
const { Connection } = load('mongodb/lib/cmap/connection.js') as {
  Connection: new (socket: Duplex, options: object) => Connection;
};
const { ns, HostAddress } = load('mongodb/lib/utils.js') as {
  ns: (name: string) => object;
  HostAddress: new (address: string) => object;
};

/** A connection whose socket takes what is written and passes nothing on. */
function stuckConnection(): {
  readonly connection: Connection;
  readonly socket: Duplex;
  readonly written: Promise<void>;
} {
  let told = (): void => undefined;
  const written = new Promise<void>((resolve) => (told = resolve));
  const socket = new Duplex({ writableHighWaterMark: 1, read: () => undefined, write: () => told() });
  const timers = { setTimeout: () => socket };
  const connection = new Connection(Object.assign(socket, timers), {
    ...{ id: 1, generation: 0, monitorCommands: false, loadBalanced: false },
    hostAddress: new HostAddress('127.0.0.1:27017'),
    logicalSessionTimeoutMinutes: 30,
  });
  return { connection, socket, written };
}

describe('a command that is being written when its connection closes', () => {
  it('fails', async () => {
    failCommandsOfClosedConnections();
    failCommandsOfClosedConnections(); // every connection of a process asks for it
    const { connection, socket, written } = stuckConnection();
    const answer = connection.command(ns('admin.$cmd'), { ping: 1 }, {});
    const failed = expect(answer).rejects.toThrow('closed');
    await written;
    socket.destroy();
    await failed;
    expect(connection.closed).toBe(true);
  });
});
