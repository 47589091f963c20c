import { join } from 'node:path';
import type { Config } from './config.js';
import type { Services } from './services.js';
import { cascadesReactor } from '#reactors/cascades/reactor.js';
import { createSender } from '#reactors/commands.js';
import { createKeyExpiry } from '#reactors/key-expiry.js';
import { createFileOutbox } from '#reactors/mail/file-outbox.js';
import { mailReactor } from '#reactors/mail/reactor.js';
import { createSmtpTransport } from '#reactors/mail/smtp.js';
import type { MailTransport } from '#reactors/mail/transport.js';
import { joinReactors, type Reactors } from '#reactors/reactors.js';
import { createReactorRunner } from '#reactors/runner.js';

/** The reactors of this process. Their places in the log are fixed from the beginning, so that no event escapes them before they start. */
export interface ServiceReactors extends Omit<Reactors, 'start'> {
  /** `origin`: where this server is reached, for links in mails of portals that have no address of their own. */
  start(origin: string): void;
}

/** What the reactors use: the services without themselves. */
type Needs = Omit<Services, 'reactors'>;

export async function wireReactors(services: Needs): Promise<ServiceReactors> {
  const { config, log: logger, store, vault, handler, reads, now } = services;
  let origin = `http://localhost:${config.port}`;
  const transport = transportFor(config);
  const report = (error: unknown, reactor: string) =>
    logger.error({ err: error, reactor }, 'a reactor could not go on; trying again');
  const run = (reactor: Parameters<typeof createReactorRunner>[0]['reactor']) =>
    createReactorRunner({ reactor, log: store, vault, now, onError: report });
  const send = createSender({ handler, store, now });
  const installation = () => ({ portalUrl: config.portalUrl, origin });
  const mail = await run(mailReactor({ ...services, transport, installation }));
  const cascades = await run(cascadesReactor({ ...services, send }));
  const reactors = joinReactors([mail, cascades]);
  const keyExpiry = createKeyExpiry({
    store,
    reads,
    vault,
    send,
    now,
    remind: mail.offer,
    onError: (error) => report(error, 'key-expiry'),
  });
  return {
    ...reactors,
    start(url) {
      origin = reachable(url);
      reactors.start();
      keyExpiry.start();
    },
    async settled() {
      await keyExpiry.sweep();
      await reactors.settled();
    },
    async stop() {
      await keyExpiry.stop();
      await reactors.stop();
      await transport.close();
    },
  };
}

function transportFor({ mail, mailFrom: from, dataDir }: Config): MailTransport {
  if (!mail.startsWith('file:')) return createSmtpTransport({ url: mail, from });
  return createFileOutbox({ dir: mail.slice('file:'.length) || join(dataDir, 'outbox'), from });
}

/** A server that listens on every address is reached on this machine by its name. */
const reachable = (url: string): string => url.replace(/^http:\/\/(0\.0\.0\.0|\[::\])(?=[:/]|$)/, 'http://localhost');
