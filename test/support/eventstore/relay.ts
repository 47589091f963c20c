import { connect, createServer, type Socket } from 'node:net';

export type Direction = 'to server' | 'to client';

export interface Relay {
  readonly port: number;
  /** Breaks every connection that is open now. */
  cut(): void;
  /** Breaks the connection over which so many bytes more have gone in a direction, amid them, once; tells whether it has. */
  cutAfter(direction: Direction, bytes: number): () => boolean;
  /** Breaks them and refuses new ones, until it is opened again. */
  shut(): void;
  open(): Promise<void>;
  close(): void;
}

/** Stands between a client and any server, so that connections can be broken at will. */
export async function startRelay(target: { readonly host?: string; readonly port: number }): Promise<Relay> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  let planned: { readonly direction: Direction; left: number } | undefined;
  /** Passes on what comes; up to the byte where the connection is to break. */
  function pass(from: Socket, to: Socket, direction: Direction): void {
    from.on('data', (chunk: Buffer) => {
      if (planned?.direction === direction && chunk.length > planned.left) {
        const { left } = planned;
        planned = undefined;
        to.write(chunk.subarray(0, left), () => to.resetAndDestroy());
        from.resetAndDestroy();
        return;
      }
      if (planned?.direction === direction) planned.left -= chunk.length;
      if (to.writable && !to.write(chunk)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    });
    from.on('end', () => to.end());
  }
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host ?? '127.0.0.1');
    keep(client);
    keep(upstream);
    pass(client, upstream, 'to server');
    pass(upstream, client, 'to client');
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  let port = 0;
  const open = async (): Promise<void> => {
    if (!server.listening) await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  };
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const shut = (): void => {
    server.close();
    cut();
  };
  await open();
  const cutAfter = (direction: Direction, bytes: number): (() => boolean) => {
    const mine = (planned = { direction, left: bytes });
    return () => planned !== mine;
  };
  return { port, cut, cutAfter, shut, open, close: shut };
}
