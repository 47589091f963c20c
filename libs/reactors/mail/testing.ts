/** For tests of mail: a transport that keeps what it is given, and the reactor over a house's services. */
import type { House } from '../testing.js';
import { mailReactor, type MailReactorOptions } from './reactor.js';
import type { MailTransport, Message } from './transport.js';

export const mailServices = (house: House, transport: MailTransport): MailReactorOptions => ({
  ...house,
  transport,
  installation: () => ({ portalUrl: 'http://portal.test', origin: 'http://localhost:3000' }),
});

/** A mail reactor that has started, and the messages that it has sent. */
export async function startMail(house: House) {
  const sent: Message[] = [];
  const transport: MailTransport = {
    send: async (message) => void sent.push(message),
    close: async () => undefined,
  };
  const runner = await house.runner(mailReactor(mailServices(house, transport)));
  runner.start();
  return {
    runner,
    sent,
    /** What has been sent since the last call. */
    async news(): Promise<Message[]> {
      await runner.settled();
      return sent.splice(0);
    },
  };
}

export const tokenIn = ({ text }: Message): string => /[?&]token=([0-9a-f-]{36})/.exec(text)![1]!;
