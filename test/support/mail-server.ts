import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface MailServer {
  readonly url: string;
  /** The Message-ID of every mail taken, in order; one that was sent twice is there twice. */
  readonly ids: readonly string[];
  stop(): Promise<void>;
}

/** A real mail server in this process, which takes everything. */
export async function startMailServer(): Promise<MailServer> {
  const ids: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, _session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        ids.push(/^Message-ID: <(.*)>\r?$/im.exec(Buffer.concat(parts).toString('utf8'))![1]!);
        done();
      });
    },
  });
  server.on('error', () => undefined); // a client that is killed resets its connection
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    ids,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
