import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileOutbox } from './file-outbox.js';
import type { Message } from './transport.js';

let dir: string;

beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'gatehouse-outbox-')), 'outbox');
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const message: Message = {
  id: 'event-1',
  to: { name: 'Ada Lovelace', address: 'ada@example.com' },
  subject: 'Hello',
  text: `See https://portal.example.com/login?token=0000&email=${'a'.repeat(80)}\n`,
  html: '<p>Zoë</p>\n',
  date: new Date(Date.UTC(2026, 0, 1, 12)),
};

describe('the outbox folder', () => {
  it('gets whole files that nobody else may read, named by time and id', async () => {
    const outbox = createFileOutbox({ dir, from: 'Acme <no-reply@acme.example>' });
    await outbox.send(message);
    expect(readdirSync(dir)).toEqual(['2026-01-01T12-00-00.000Z-event-1.eml']);
    const file = join(dir, '2026-01-01T12-00-00.000Z-event-1.eml');
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('From: Acme <no-reply@acme.example>');
    expect(text).toContain('To: Ada Lovelace <ada@example.com>');
    expect(text).toContain('Message-ID: <event-1@acme.example>');
    expect(text).toContain('Date: Thu, 01 Jan 2026 12:00:00 +0000');
    expect(text).toContain('Auto-Submitted: auto-generated');
    expect(text).toContain(`\r\n\r\n${message.text.trim()}\r\n`);
    expect(text).toContain('\r\n\r\n<p>Zoë</p>\r\n');
  });

  it('has one file however often a mail is sent', async () => {
    const outbox = createFileOutbox({ dir, from: 'no-reply@acme.example' });
    await outbox.send(message);
    await outbox.send(message);
    expect(readdirSync(dir)).toHaveLength(1);
  });

  it('says what is wrong, and never about whom', async () => {
    const outbox = createFileOutbox({ dir, from: 'no-reply@acme.example' });
    rmSync(dir, { recursive: true });
    await expect(outbox.send(message)).rejects.toThrow('The mail could not be written to the outbox folder (ENOENT)');
  });

  it('lets no name and no subject add a header', async () => {
    const outbox = createFileOutbox({ dir, from: 'no-reply@acme.example' });
    const evil = 'Ada\r\nBcc: eve@example.com\r\n\r\nbody';
    await outbox.send({ ...message, to: { name: evil, address: 'ada@example.com' }, subject: evil });
    const [head] = readFileSync(join(dir, readdirSync(dir)[0]!), 'utf8').split('\r\n\r\n');
    expect(head).not.toMatch(/^Bcc:/im);
    expect(head).toMatch(/^To: .*<ada@example\.com>$/im);
    expect(head!.match(/^Subject: .*/gim)).toHaveLength(1);
  });
});
