import { connect, createServer, type Socket } from 'node:net';

export interface Relay {
  readonly port: number;
  /** Breaks every connection that is open now. */
  cut(): void;
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
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host ?? '127.0.0.1');
    keep(client);
    keep(upstream);
    client.pipe(upstream).pipe(client);
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
  return { port, cut, shut, open, close: shut };
}
