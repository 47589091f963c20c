import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envelope, type CommandEnvelope, type Outcome } from '#command-handling/envelope.js';
import { FoldCache } from '#command-handling/fold-cache.js';
import { CommandHandler } from '#command-handling/handler.js';
import type { Questions } from '#command-handling/references.js';
import { ADMIN, ANYBODY, developerActor } from '#command-handling/testing.js';
import type { Actor } from '#domain/core/decider.js';
import { parseCommand } from '#domain/core/violations.js';
import { COMMANDS } from '#domain/command-table.js';
import { openEventStoreDb, type EventStoreDb } from '#event-store/eventstoredb/event-store.js';
import { FENCE } from '#event-store/technical.js';
import { openKeyring } from '#vault/keyring.js';
import type { VaultStore } from '#vault/port.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';
import { GIVEN_SERVER } from '../support/eventstore/harness.js';
import { startEventStore, type EventStoreDouble } from '../support/eventstore/server.js';

interface Copy {
  readonly store: EventStoreDb;
  readonly cache: FoldCache;
  send(name: string, values: object, actor?: Actor, options?: Partial<CommandEnvelope>): Promise<Outcome>;
  close(): Promise<void>;
}

describe('Commands of two copies on one EventStoreDB', () => {
  let folder: string;
  let double: EventStoreDouble | undefined;
  let vault: VaultStore;
  let [one, two]: Copy[] = [];
  let portal: string;

  async function openCopy(): Promise<Copy> {
    const store = await openEventStoreDb({ connectionString: GIVEN_SERVER ?? double!.url, vault });
    const keyring = await openKeyring({ vault, masterKey: Buffer.alloc(32, 7) });
    const cache = new FoldCache(store);
    const questions: Questions = { answer: async () => ({ value: 0, position: await store.head() }) };
    const handler = new CommandHandler({ cache, store, secrets: keyring, questions });
    return {
      store,
      cache,
      send(name, values, actor = ADMIN, options = {}) {
        const parsed = parseCommand(COMMANDS.get(name)!.command, values);
        if ('violations' in parsed) throw new Error(JSON.stringify(parsed.violations));
        return handler.execute(envelope(name, parsed.command, actor, options));
      },
      async close() {
        cache.close();
        await store.close();
      },
    };
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-copies-'));
    double = GIVEN_SERVER ? undefined : await startEventStore();
    vault = openSqliteVault({ file: join(folder, 'vault.db') });
    [one, two] = [await openCopy(), await openCopy()];
    portal = idOf(await one.send('CreatePortal', { name: `Acme ${Date.now()}` }));
  });
  afterAll(async () => {
    await Promise.all([one!.close(), two!.close()]);
    await vault.close();
    await double?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const idOf = (outcome: Outcome): string => {
    if (outcome.kind !== 'accepted') throw new Error(`refused: ${outcome.refusal.refusal}`);
    return (outcome.result as { id: string }).id;
  };
  const signUp = (copy: Copy, email: string, options: Partial<CommandEnvelope> = {}) =>
    copy.send('RegisterDeveloper', { portal_id: portal, email, full_name: 'Ada Lovelace' }, ANYBODY, options);
  const words = (outcomes: readonly Outcome[]) =>
    outcomes.map((outcome) => (outcome.kind === 'accepted' ? 'accepted' : outcome.refusal.refusal)).sort();

  it('give an address to one of two who sign up with it at once', async () => {
    const outcomes = await Promise.all([signUp(one!, 'ada@example.com'), signUp(two!, 'ada@example.com')]);
    expect(words(outcomes)).toEqual(['accepted', 'email_taken']);
  });

  it('are followed: what one decides, the other decides on', async () => {
    const id = idOf(await signUp(one!, 'grace@example.com'));
    expect(words([await two!.send('ConfirmEmail', { developer_id: id }, developerActor(id))])).toEqual(['accepted']);
    expect(words([await one!.send('ApproveDeveloper', { developer_id: id })])).toEqual(['accepted']);
    const heard = new Promise<void>((resolve) => two!.store.onAppended(() => resolve()));
    const revoked = await one!.send('RevokeDeveloper', { developer_id: id });
    await heard;
    expect(two!.cache.peek('developer', id)?.revision).toBe(revoked.kind === 'accepted' && revoked.revision);
  });

  it('store one of two commands with one Idempotency-Key, and answer it to both', async () => {
    const idempotency = { receipt: `key-${portal}`, payload: 'p', secret: 'the caller’s own' };
    const outcomes = await Promise.all([one!, two!].map((copy) => signUp(copy, 'joan@example.com', { idempotency })));
    expect(words(outcomes)).toEqual(['accepted', 'accepted']);
    expect(outcomes[0]!.commandId).toBe(outcomes[1]!.commandId);
    expect(idOf(outcomes[0]!)).toBe(idOf(outcomes[1]!));
  });

  it('find nothing in a stream that holds a fence only, and see past a fence in one that holds more', async () => {
    const nobody = '018f0000-0000-7000-8000-000000000001';
    const fence = () => ({ id: crypto.randomUUID(), type: FENCE, data: {}, metadata: {} });
    await one!.store.append({ stream: `developer-${nobody}`, expectedRevision: -1, events: [fence()] });
    expect(words([await two!.send('ApproveDeveloper', { developer_id: nobody })])).toEqual(['developer_not_found']);

    const id = idOf(await signUp(one!, 'edith@example.com'));
    const events = await one!.store.readStream(`developer-${id}`);
    await two!.store.append({ stream: `developer-${id}`, expectedRevision: events.length - 1, events: [fence()] });
    const heard = one!.cache.peek('developer', id);
    expect(heard?.revision).toBe(events.length - 1);
    expect(words([await one!.send('ConfirmEmail', { developer_id: id }, developerActor(id))])).toEqual(['accepted']);
    expect((await two!.store.readStream(`developer-${id}`)).map(({ type }) => type)).not.toContain(FENCE);
  });
});
