import type { Answer } from './person.js';

const terminal = process.stdout.isTTY;
const paint = (code: number) => (text: string) => (terminal ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint(1);
const dim = paint(2);
const green = paint(32);
const red = paint(31);
const cyan = paint(36);

const out = (line = ''): void => void process.stdout.write(`${line}\n`);

export function heading(number: number, title: string): void {
  out();
  out(bold(`${String(number).padStart(2)}. ${title}`));
}

export const note = (text: string): void => out(`    ${dim(text)}`);

/** What was asked, secrets shortened. */
export function asked(who: string, method: string, path: string, body: unknown): void {
  out(`    ${cyan(who.padEnd(9))} ${method} ${path}${body === undefined ? '' : ` ${shorten(body)}`}`);
}

/** What was answered. */
export function answered({ status, body }: Answer, show: unknown = body): void {
  const text = show === undefined ? '' : ` ${shorten(show)}`;
  out(`    ${' '.repeat(9)} ${(status < 400 ? green : red)(String(status))}${text}`);
}

export interface FeedEvent {
  readonly sequence: string;
  readonly type: string;
  readonly subject: string;
  readonly authtype?: string;
}

/** Which events followed. */
export function followed(events: readonly FeedEvent[]): void {
  for (const { sequence, type, subject } of events) {
    out(`    ${' '.repeat(9)} ${bold('event')} ${sequence.replace(/^0+/, '').padStart(4)}  ${type}  ${dim(subject)}`);
  }
}

export interface StoryEntry {
  readonly at: string;
  readonly words: string;
  readonly reason?: string | null;
  readonly actor: { readonly kind: string; readonly id: string };
  readonly basis?: Readonly<Record<string, string>> | null;
}

export function story(entries: readonly StoryEntry[]): void {
  for (const { at, words, reason, basis } of entries) {
    out(`    ${at.slice(11, 23)}  ${words}`);
    if (reason) out(`    ${' '.repeat(12)}  because: ${reason}`);
    const read = Object.values(basis ?? {});
    if (read.length > 0) out(`    ${' '.repeat(12)}  ${dim(`on the basis of ${read.map(readable).join(', ')}`)}`);
  }
}

/** `application-0192…@3`: which revision of which stream. */
const readable = (basis: string): string => basis.replace(/-([0-9a-f]{8})[0-9a-f-]{28}/, '-$1…');

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, hide);
  return text.length > 300 ? `${text.slice(0, 297)}...` : text;
}

const SECRET = /^(password|token|credential)$/;

const hide = (name: string, value: unknown): unknown =>
  SECRET.test(name) && typeof value === 'string' ? `${value.slice(0, 8)}…` : value;
