import { mkdirSync } from 'node:fs';
import { open as openFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { EffectFailed } from '../reactor.js';
import { toMail, type MailTransport, type Message } from './transport.js';

/** Mails as files `<time>-<id>.eml`, readable by their owner only: they hold links that open accounts. A repeat replaces its file. */
export function createFileOutbox({ dir, from }: { readonly dir: string; readonly from: string }): MailTransport {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  let opened: ReturnType<typeof open> | undefined;

  /** Loaded with the first mail: it takes some 10 MB. */
  async function open() {
    const { createTransport } = await import('nodemailer');
    return createTransport({ streamTransport: true, buffer: true });
  }

  return {
    async send(message) {
      const text = readable('text/plain', message.text);
      const html = readable('text/html', message.html);
      const composer = await (opened ??= open());
      const { message: bytes } = await composer.sendMail({ ...toMail(from, message), text, html });
      try {
        await writeWhole(dir, nameOf(message), bytes as Buffer);
      } catch (cause) {
        const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
        throw new EffectFailed(`The mail could not be written to the outbox folder (${code})`, { cause });
      }
    },
    close: async () => (await opened)?.close(),
  };
}

/** A part that is stored as it is, links and all: whoever looks into the file needs no decoder (RFC 2045 section 2.8). */
const readable = (type: string, content: string) => ({
  raw: [
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: 8bit',
    '',
    ...content.split(/\r\n|\r|\n/),
  ].join('\r\n'),
});

/** Sorts by time; without the colons that some file systems do not like. */
const nameOf = ({ id, date }: Message): string => `${date.toISOString().replaceAll(':', '-')}-${id}.eml`;

/** Nobody ever sees half a file under its name, even after a power cut. */
async function writeWhole(dir: string, name: string, bytes: Buffer): Promise<void> {
  const unfinished = join(dir, `.${name}.tmp`);
  const file = await openFile(unfinished, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, join(dir, name));
  const folder = await openFile(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
