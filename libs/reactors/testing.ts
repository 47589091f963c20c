/** For tests of reactors: the real log, vault, views and command handling in a folder of their own, with a clock to move. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSender, type SendCommand } from './commands.js';
import type { Reactor } from './reactor.js';
import { createReactorRunner, type ReactorRunner, type RunnerOptions } from './runner.js';
import { envelope, type Accepted } from '#command-handling/envelope.js';
import { FoldCache } from '#command-handling/fold-cache.js';
import { CommandHandler } from '#command-handling/handler.js';
import type { Actor } from '#domain/core/decider.js';
import { parseCommand } from '#domain/core/violations.js';
import { COMMANDS } from '#domain/command-table.js';
import type { EventStore } from '#event-store/port.js';
import { openSqliteEventStore } from '#event-store/sqlite/event-store.js';
import { createProjections, type Projections } from '#read-models/projections.js';
import { createQuestions } from '#read-models/questions.js';
import { createReads, type Reads } from '#read-models/reads.js';
import { openSqliteReadModels } from '#read-models/sqlite/read-models.js';
import { allViews } from '#read-models/views/index.js';
import { openKeyring, type Keyring } from '#vault/keyring.js';
import { createMailTokens, type MailTokens } from '#vault/mail-tokens.js';
import { createPasswords, type Passwords } from '#vault/passwords.js';
import type { VaultStore } from '#vault/port.js';
import { createSessions, type Sessions } from '#vault/sessions.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';

export const ADMIN: Actor = { kind: 'admin', id: 'admin' };
export const developer = (id: string): Actor => ({ kind: 'developer', id });

export interface House {
  readonly dir: string;
  readonly clock: { now: number };
  readonly store: EventStore;
  readonly vault: VaultStore;
  readonly keyring: Keyring;
  readonly cache: FoldCache;
  readonly projections: Projections;
  readonly reads: Reads;
  readonly handler: CommandHandler;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly mailTokens: MailTokens;
  /** Commands of reactors. */
  readonly send: SendCommand;
  /** What runners reported. */
  readonly errors: unknown[];
  readonly now: () => number;
  /** Sends as an administrator unless told; throws on a refusal. The answer's `result`. */
  command(name: string, values: object, actor?: Actor): Promise<Record<string, string>>;
  /** Types of the events of a stream. */
  types(stream: string): Promise<readonly string[]>;
  /** A runner that is stopped with the house. */
  runner(reactor: Reactor, options?: Partial<RunnerOptions>): Promise<ReactorRunner>;
  destroy(): Promise<void>;
}

export async function openHouse(): Promise<House> {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-reactors-'));
  const clock = { now: Date.UTC(2026, 0, 1, 12) };
  const now = () => clock.now;
  const store = openSqliteEventStore({ file: join(dir, 'log.db'), now });
  const vault = openSqliteVault({ file: join(dir, 'vault.db'), now });
  const keyring = await openKeyring({ vault, masterKey: Buffer.alloc(32, 7), now });
  const readModels = openSqliteReadModels({ file: join(dir, 'views.db') });
  const projections = await createProjections({
    views: allViews,
    log: store,
    store: readModels,
    blob: async () => undefined,
    idleMs: 20,
  });
  store.onAppended((events) => projections.poke(events.at(-1)?.position));
  const reads = createReads(readModels, projections);
  const cache = new FoldCache(store);
  const questions = createQuestions({ reads, waitFor: reads.waitFor, head: () => store.head() });
  const handler = new CommandHandler({ cache, store, secrets: keyring, questions });
  const runners: ReactorRunner[] = [];
  const errors: unknown[] = [];
  return {
    dir,
    clock,
    now,
    store,
    vault,
    keyring,
    cache,
    projections,
    reads,
    handler,
    sessions: createSessions({ vault, successorKey: keyring.derive('session-successor'), now }),
    passwords: createPasswords({ vault }),
    mailTokens: createMailTokens({ vault, tokenKey: keyring.derive('mail-token'), now }),
    send: createSender({ handler, store, now }),
    errors,
    async command(name, values, actor = ADMIN) {
      const parsed = parseCommand(COMMANDS.get(name)!.command, values);
      if ('violations' in parsed) throw new Error(JSON.stringify(parsed.violations));
      const outcome = await handler.execute(envelope(name, parsed.command, actor, { now: new Date(now()) }));
      if (outcome.kind === 'refused') throw new Error(`${name}: ${outcome.refusal.refusal}`);
      return (outcome as Accepted).result as Record<string, string>;
    },
    types: async (stream) => (await store.readStream(stream)).map(({ type }) => type),
    async runner(reactor, options = {}) {
      const onError = (error: unknown) => void errors.push(error);
      const runner = await createReactorRunner({ reactor, log: store, vault, now, onError, ...options });
      runners.push(runner);
      return runner;
    },
    async destroy() {
      await Promise.all(runners.map((runner) => runner.stop()));
      await projections.stop();
      cache.close();
      await readModels.close();
      await store.close();
      await vault.close();
      rmSync(dir, { recursive: true });
    },
  };
}

export interface Portal {
  readonly portal: string;
  readonly product: string;
  readonly version: string;
}

/** A portal with a product, one published version, and API keys that live for 60 days. */
export async function openPortal({ command }: House, settings: object = {}): Promise<Portal> {
  const { id: portal } = await command('CreatePortal', { name: 'Acme', display_name: 'Acme Developers', ...settings });
  const { id: strategy } = await command('CreateAuthStrategy', {
    name: `keys of ${portal}`,
    display_name: 'API keys',
    strategy_type: 'key_auth',
    configs: { 'key-auth': { key_names: ['apikey'], ttl: { value: 60, unit: 'days' } } },
  });
  await command('ChangePortalSettings', { portal_id: portal!, default_application_auth_strategy_id: strategy });
  const { id: product } = await command('CreateProduct', { name: 'Weather', portal_ids: [portal!] });
  const { id: version } = await command('AddProductVersion', { product_id: product, name: 'v1' });
  await command('PublishProductVersion', {
    product_id: product,
    product_version_id: version,
    portal_id: portal,
    application_registration_enabled: true,
  });
  return { portal: portal!, product: product!, version: version! };
}

/** Signs up, confirms the address, and is approved; the developer's id. */
export async function approvedDeveloper(
  { command }: House,
  portal: string,
  email = 'ada@example.com',
): Promise<string> {
  const { id } = await command('RegisterDeveloper', { portal_id: portal, email, full_name: 'Ada Lovelace' });
  await command('ConfirmEmail', { developer_id: id }, developer(id!));
  await command('ApproveDeveloper', { developer_id: id });
  return id!;
}

/** An application that has asked for access to the version. */
export async function application(
  { command }: House,
  { version }: Portal,
  owner: string,
  name = 'Umbrella',
): Promise<{ readonly id: string; readonly registration: string }> {
  const { id } = await command('CreateApplication', { developer_id: owner, name }, developer(owner));
  const { id: registration } = await command(
    'RequestAccess',
    { application_id: id, product_version_id: version },
    developer(owner),
  );
  return { id: id!, registration: registration! };
}
