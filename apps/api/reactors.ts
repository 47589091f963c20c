import { join } from 'node:path';
import type { Config } from './config.js';
import type { Services } from './services.js';
import { cascadesReactor } from '#reactors/cascades/reactor.js';
import { clientSecretsReactor } from '#reactors/client-secrets.js';
import { clientsReactor } from '#reactors/clients/reactor.js';
import { createSender } from '#reactors/commands.js';
import type { Fence } from '#reactors/fence.js';
import { createKeyExpiry, KEY_EXPIRY, type KeyExpiry } from '#reactors/key-expiry.js';
import { createFileOutbox } from '#reactors/mail/file-outbox.js';
import { MAIL, mailReactor } from '#reactors/mail/reactor.js';
import { createSmtpTransport } from '#reactors/mail/smtp.js';
import type { MailTransport } from '#reactors/mail/transport.js';
import type { Reactor } from '#reactors/reactor.js';
import { joinGroups, joinReactors, type Reactors } from '#reactors/reactors.js';
import { createReactorRunner } from '#reactors/runner.js';

/** The reactors as the service sees them, wherever they run. */
export interface ServiceReactors extends Omit<Reactors, 'start'> {
  /** `origin`: where this server is reached, for links in mails of portals that have no address of their own. */
  start(origin: string): void;
}

/** What the reactors use: the services without themselves. */
export type ReactorNeeds = Omit<Services, 'reactors'>;

/** Reactors that have one owner together, where several processes could run them: they put effects into each other's outbox. */
export interface ReactorGroup {
  readonly name: string;
  /** Their places in the log are fixed when this resolves, so that no event escapes them before they start. */
  open(fence?: Fence): Promise<Reactors>;
}

export interface ReactorGroups {
  readonly groups: readonly ReactorGroup[];
  /** Where this installation is reached, for links in mails. */
  reachedAt(origin: string): void;
  /** After all that was opened has stopped. */
  close(): Promise<void>;
}

export function reactorGroups(services: ReactorNeeds): ReactorGroups {
  const { config, log: logger, store, vault, handler, reads, now } = services;
  let origin = `http://localhost:${config.port}`;
  const transport = transportFor(config);
  const report = (error: unknown, reactor: string) =>
    logger.error({ err: error, reactor }, 'a reactor could not go on; trying again');
  const run = (reactor: Reactor, fence?: Fence) =>
    createReactorRunner({ reactor, log: store, vault, now, onError: report, ...(fence && { fence }) });
  const alone = (reactor: Reactor): ReactorGroup => ({
    name: reactor.name,
    open: async (fence) => joinReactors([await run(reactor, fence)]),
  });
  const send = createSender({ handler, store, now });
  const installation = () => ({ portalUrl: config.portalUrl, origin });
  const mails: ReactorGroup = {
    name: MAIL,
    async open(fence) {
      const mail = await run(mailReactor({ ...services, transport, installation }), fence);
      const onError = (error: unknown) => report(error, KEY_EXPIRY);
      return withKeyExpiry(
        joinReactors([mail]),
        createKeyExpiry({ store, reads, vault, send, now, remind: mail.offer, onError }),
      );
    },
  };
  return {
    groups: [
      mails,
      alone(cascadesReactor({ ...services, send })),
      alone(clientSecretsReactor(services)),
      alone(clientsReactor({ ...services, send })),
    ],
    reachedAt(url) {
      origin = reachable(url);
    },
    close: () => transport.close(),
  };
}

/** All of them in this process. */
export async function wireReactors(services: ReactorNeeds): Promise<ServiceReactors> {
  const { groups, reachedAt, close } = reactorGroups(services);
  const opened: Reactors[] = [];
  for (const group of groups) opened.push(await group.open());
  const reactors = joinGroups(opened);
  return {
    ...reactors,
    start(origin) {
      reachedAt(origin);
      reactors.start();
    },
    async stop() {
      await reactors.stop();
      await close();
    },
  };
}

/** What time alone calls for: reminders of keys that will expire, and the record of those that have. */
const withKeyExpiry = (reactors: Reactors, expiry: KeyExpiry): Reactors => ({
  ...reactors,
  start() {
    reactors.start();
    expiry.start();
  },
  async settled() {
    await expiry.sweep();
    await reactors.settled();
  },
  async stop() {
    await expiry.stop();
    await reactors.stop();
  },
});

function transportFor({ mail, mailFrom: from, dataDir }: Config): MailTransport {
  if (!mail.startsWith('file:')) return createSmtpTransport({ url: mail, from });
  return createFileOutbox({ dir: mail.slice('file:'.length) || join(dataDir, 'outbox'), from });
}

/** A server that listens on every address is reached on this machine by its name. */
const reachable = (url: string): string => url.replace(/^http:\/\/(0\.0\.0\.0|\[::\])(?=[:/]|$)/, 'http://localhost');
