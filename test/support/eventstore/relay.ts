import { connect, createServer, type Socket } from 'node:net';

export interface Relay {
  readonly port: number;
  /** Breaks every connection that is open now. */
  cut(): void;
  /** Refuses new connections, and breaks the open ones, until it is opened again. */
  shut(): void;
  open(): void;
  close(): Promise<void>;
}

/** Stands between a client and any server, so that connections can be broken at will. */
export async function startRelay(target: { host?: string; port: number }): Promise<Relay> {
  const sockets = new Set<Socket>();
  let shut = false;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (shut) return void client.destroy();
    const upstream = connect(target.port, target.host ?? '127.0.0.1');
    keep(upstream);
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    cut,
    shut() {
      shut = true;
      cut();
    },
    open() {
      shut = false;
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
