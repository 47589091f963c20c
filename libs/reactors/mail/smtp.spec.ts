import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { openHouse, openPortal, type House } from '../testing.js';
import { mailReactor } from './reactor.js';
import { createSmtpTransport } from './smtp.js';
import { mailServices } from './testing.js';
import type { MailTransport } from './transport.js';

const BACKOFF = { tries: 3, firstMs: 1_000, random: () => 0.5 };

/** A real mail server in this process. `refuse` decides about each recipient: an SMTP code, or undefined to take the mail. */
async function startServer(refuse: (address: string) => number | undefined) {
  const mails: { to: string; text: string }[] = [];
  let tries = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onRcptTo({ address }, _session, done) {
      tries += 1;
      const code = refuse(address);
      done(code === undefined ? null : Object.assign(new Error(`refused <${address}>`), { responseCode: code }));
    },
    onData(stream, { envelope }, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        mails.push({ to: envelope.rcptTo[0]!.address, text: Buffer.concat(parts).toString('utf8') });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    mails,
    tries: () => tries,
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const messageId = ({ text }: { text: string }) => /^Message-ID: (<.*>)\r?$/im.exec(text)![1];

let house: House;
let portal: string;
let server: Awaited<ReturnType<typeof startServer>>;
let transport: MailTransport;
let refused: ReadonlyMap<string, number>;

beforeEach(async () => {
  house = await openHouse();
  ({ portal } = await openPortal(house));
  refused = new Map();
  server = await startServer((address) => refused.get(address));
  transport = createSmtpTransport({ url: server.url, from: 'Acme <no-reply@acme.example>' });
});

afterEach(async () => {
  await house.destroy();
  await transport.close();
  await server.stop();
});

const signUp = (email: string) => house.command('RegisterDeveloper', { portal_id: portal, email, full_name: 'Ada' });

async function start(over: MailTransport = transport) {
  const runner = await house.runner(mailReactor(mailServices(house, over)), { backoff: BACKOFF });
  runner.start();
  return runner;
}

describe('mail over SMTP', () => {
  it('is delivered once', async () => {
    const mail = await start();
    await signUp('ada@example.com');
    await mail.settled();
    house.clock.now += 600_000;
    await mail.settled();
    expect(server.mails.map(({ to }) => to)).toEqual(['ada@example.com']);
    expect(server.mails[0]!.text).toMatch(/^From: Acme <no-reply@acme\.example>\r?$/m);
    expect(house.errors).toEqual([]);
  });

  it('is tried again while the server says "later", and others are not held up', async () => {
    refused = new Map([['ada@example.com', 451]]);
    const mail = await start();
    await signUp('ada@example.com');
    await signUp('bob@example.com');
    await mail.settled();
    expect(server.mails.map(({ to }) => to)).toEqual(['bob@example.com']);
    expect(mail.status()).toMatchObject({ retrying: 1, parked: 0 });
    refused = new Map();
    house.clock.now += 1_000;
    await mail.settled();
    expect(server.mails.map(({ to }) => to)).toEqual(['bob@example.com', 'ada@example.com']);
    expect(server.tries()).toBe(3);
  });

  it('is parked when the server says "never", without the address, and goes out when it is retried', async () => {
    refused = new Map([['ada@example.com', 550]]);
    const mail = await start();
    await signUp('ada@example.com');
    await mail.settled();
    house.clock.now += 600_000;
    await mail.settled();
    expect(server.tries()).toBe(1);
    const { parked, problems } = mail.status();
    expect(parked).toBe(1);
    expect(problems[0]!.error).toBe('The mail server did not take the mail (EENVELOPE, answer 550)');
    expect(JSON.stringify(await house.vault.list('outbox', { limit: 10 }))).not.toContain('ada@');
    refused = new Map();
    expect(await mail.retryParked()).toBe(1);
    await mail.settled();
    expect(server.mails).toHaveLength(1);
    expect(mail.status().parked).toBe(0);
  });

  it('waits for a server that is not there', async () => {
    const nowhere = createSmtpTransport({ url: 'smtp://127.0.0.1:1', from: 'no-reply@acme.example' });
    const mail = await start(nowhere);
    await signUp('ada@example.com');
    await mail.settled();
    expect(mail.status()).toMatchObject({ retrying: 1, parked: 0 });
    await nowhere.close();
  });

  it('comes with the same Message-ID after a crash between sending and noting it', async () => {
    let delivered: () => void;
    const handedOver = new Promise<void>((resolve) => (delivered = resolve));
    const dying: MailTransport = {
      ...transport,
      async send(message) {
        await transport.send(message);
        delivered();
        throw new Error('killed');
      },
    };
    const first = await start(dying);
    await signUp('ada@example.com');
    await handedOver;
    await first.stop();
    house.clock.now += 60_000;
    const second = await start();
    await second.settled();
    expect(server.mails).toHaveLength(2);
    expect(messageId(server.mails[0]!)).toMatch(/^<[0-9a-f-]{36}@acme\.example>$/);
    expect(messageId(server.mails[1]!)).toBe(messageId(server.mails[0]!));
    expect(token(server.mails[1]!)).toBe(token(server.mails[0]!));
  });
});

const token = ({ text }: { text: string }) => /token=(?:3D)?([0-9a-f-]{36})/.exec(text.replace(/=\r?\n/g, ''))![1];
