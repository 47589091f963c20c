import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envelope, type CommandEnvelope, type Outcome } from './envelope.js';
import { FoldCache } from './fold-cache.js';
import { CommandHandler } from './handler.js';
import type { Questions } from './references.js';
import type { Actor } from '#domain/core/decider.js';
import { parseCommand } from '#domain/core/violations.js';
import { COMMANDS } from '#domain/command-table.js';
import { openSqliteEventStore, type SqliteEventStore } from '#event-store/sqlite/event-store.js';
import { openKeyring, type Keyring } from '#vault/keyring.js';
import type { VaultStore } from '#vault/port.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';

export const ADMIN: Actor = { kind: 'admin', id: 'admin' };
export const ANYBODY: Actor = { kind: 'anonymous', id: '' };
export const developerActor = (id: string): Actor => ({ kind: 'developer', id });

export interface TestHandling {
  readonly store: SqliteEventStore;
  readonly cache: FoldCache;
  readonly keyring: Keyring;
  readonly vault: VaultStore;
  readonly handler: CommandHandler;
  /** Parses and sends; throws for a malformed command. */
  send(name: string, values: object, actor?: Actor, options?: Partial<CommandEnvelope>): Promise<Outcome>;
  /** The same handling over the same files, as after a restart. */
  reopen(): Promise<TestHandling>;
  destroy(): Promise<void>;
}

/** Command handling over a real log and a real vault in a folder of their own. Questions are answered with 0. */
export async function testHandling(dir = mkdtempSync(join(tmpdir(), 'gatehouse-handling-'))): Promise<TestHandling> {
  const store = openSqliteEventStore({ file: join(dir, 'log.db') });
  const vault = openSqliteVault({ file: join(dir, 'vault.db') });
  const keyring = await openKeyring({ vault, masterKey: Buffer.alloc(32, 7) });
  const cache = new FoldCache(store);
  const questions: Questions = { answer: async () => ({ value: 0, position: await store.head() }) };
  const handler = new CommandHandler({ cache, store, secrets: keyring, questions });
  const close = async () => {
    cache.close();
    await store.close();
    await vault.close();
  };
  return {
    store,
    cache,
    keyring,
    vault,
    handler,
    send(name, values, actor = ADMIN, options = {}) {
      const parsed = parseCommand(COMMANDS.get(name)!.command, values);
      if ('violations' in parsed) throw new Error(JSON.stringify(parsed.violations));
      return handler.execute(envelope(name, parsed.command, actor, options));
    },
    async reopen() {
      await close();
      return testHandling(dir);
    },
    async destroy() {
      await close();
      rmSync(dir, { recursive: true });
    },
  };
}
