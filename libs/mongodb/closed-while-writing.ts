import { createRequire } from 'node:module';

/** As much of the driver's connection as this is about (mongodb/lib/cmap/connection.js, not part of its public interface). */
export interface DriverConnection {
  readonly closed: boolean;
  readonly socket: NodeJS.EventEmitter;
  cleanup(error: Error): void;
}

const mended = new WeakSet<object>();

/**
 * A command of driver 7.9.0 that is being written when its connection closes waits for ever: for the socket's `drain`, which a
 * closed socket does not tell. It happens where a server ends, and if it happens to the command by which the driver watches the
 * server, the client takes it for down until the process ends. Told that the socket has drained, the command sees that its
 * connection is closed, and fails as any other.
 * @throws if the driver is not as this knows it
 */
export function failCommandsOfClosedConnections(): void {
  const { Connection } = createRequire(import.meta.url)('mongodb/lib/cmap/connection.js') as {
    readonly Connection: { readonly prototype: DriverConnection };
  };
  const { prototype } = Connection;
  if (mended.has(prototype)) return;
  const { cleanup } = prototype;
  if (typeof cleanup !== 'function') throw new Error('This release of the MongoDB driver is not one that was tried');
  mended.add(prototype);
  prototype.cleanup = function (error) {
    const wasOpen = !this.closed;
    cleanup.call(this, error);
    if (wasOpen) this.socket.emit('drain');
  };
}
