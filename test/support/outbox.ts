import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestServer } from './server.js';

/** The mails that a server has put into its file outbox, as they are on the wire, oldest first. */
export function outboxOf({ dataDir }: Pick<TestServer, 'dataDir'>): readonly string[] {
  const dir = join(dataDir, 'outbox');
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .map((name) => readFileSync(join(dir, name), 'utf8'));
}
