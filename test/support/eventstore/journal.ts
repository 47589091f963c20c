import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fromLine, toLine, type Transaction } from './recorded.js';

/** Keeps transactions over a crash: on disk before they are answered. */
export interface Journal {
  write(transactions: readonly Transaction[]): void;
  close(): void;
}

export const noJournal: Journal = { write: () => undefined, close: () => undefined };

/** Opens `<folder>/journal` and replays what is in it; a last line that a crash cut short was never answered and goes. */
export function openJournal(folder: string, replay: (transaction: Transaction) => void): Journal {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'journal');
  if (existsSync(file)) {
    const bytes = readFileSync(file);
    const whole = bytes.lastIndexOf(10) + 1;
    if (whole < bytes.length) truncateSync(file, whole);
    for (const line of bytes.subarray(0, whole).toString('utf8').split('\n')) if (line !== '') replay(fromLine(line));
  }
  const fd = openSync(file, 'a');
  return {
    write(transactions) {
      writeSync(fd, transactions.map(toLine).join(''));
      fdatasyncSync(fd);
    },
    close: () => closeSync(fd),
  };
}
