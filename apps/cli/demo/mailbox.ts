import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a mail in the outbox folder that has a link with a token after this one; the token. */
export async function tokenFromMail(outbox: string, page: string, seconds = 15): Promise<string> {
  for (let tries = 0; tries < seconds * 10; tries++) {
    for (const file of mails(outbox)) {
      const found = new RegExp(`/${page}\\?token=([0-9a-f-]{36})`).exec(readFileSync(join(outbox, file), 'utf8'));
      if (found) return found[1]!;
    }
    await sleep(100);
  }
  throw new Error(`No mail with a link to /${page} arrived in ${outbox} within ${seconds} s.`);
}

function mails(outbox: string): string[] {
  try {
    return readdirSync(outbox)
      .filter((name) => name.endsWith('.eml'))
      .sort()
      .reverse();
  } catch {
    return [];
  }
}
