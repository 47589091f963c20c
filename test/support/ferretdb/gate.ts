import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * A way into a server that lets one command through at a time. MongoDB promises that writing one document is atomic, its
 * filter included; FerretDB 1.x reads the documents and then writes them, in two steps, so that of two updates at once that ask
 * for the same version both may win. One at a time, it keeps the promise.
 */
export interface Gate {
  readonly port: number;
  close(): Promise<void>;
}

/** `port`: where it listens; 0: on a free port. */
export async function openGate(upstreamPort: number, port = 0): Promise<Gate> {
  const inTurn = turns();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(upstreamPort, '127.0.0.1');
    const answers = messages(upstream);
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay());
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    void (async () => {
      for await (const request of messages(client)) {
        await inTurn(async () => {
          upstream.write(request);
          if (wantsNoAnswer(request)) return;
          for (let answer = await answers.next(); !answer.done; answer = await answers.next()) {
            client.write(answer.value);
            if (answersTo(answer.value) === idOf(request)) return;
          }
        });
      }
    })().catch(() => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Runs one piece of work after the other. */
function turns(): (work: () => Promise<void>) => Promise<void> {
  let last = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

const idOf = (message: Buffer): number => message.readInt32LE(4);
const answersTo = (message: Buffer): number => message.readInt32LE(8);

/** OP_MSG with the flag moreToCome: the driver says so when it gives its sessions back. */
function wantsNoAnswer(message: Buffer): boolean {
  const [OP_MSG, MORE_TO_COME] = [2013, 2];
  return message.readInt32LE(12) === OP_MSG && (message.readUInt32LE(16) & MORE_TO_COME) !== 0;
}

/** The messages of MongoDB's wire protocol: each begins with its length, 4 bytes, little-endian. */
async function* messages(socket: Socket): AsyncGenerator<Buffer, void> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    while (bytes.length >= 4 && bytes.length >= bytes.readInt32LE(0)) {
      const length = bytes.readInt32LE(0);
      yield bytes.subarray(0, length);
      bytes = bytes.subarray(length);
    }
  }
}
