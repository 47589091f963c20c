import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { loadConfig } from '../../../apps/api/config.js';
import { openSqliteBlobs } from '#blobs/sqlite/blobs.js';
import { encode } from '#command-handling/codec.js';
import type { AggregateName } from '#domain/core/decider.js';
import type { EventStore } from '#event-store/port.js';
import { openSqliteEventStore } from '#event-store/sqlite/event-store.js';
import { openKeyring, type Keyring } from '#vault/keyring.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';
import { benchId, commandId, commandTime } from './ids.js';
import { applicationHistory, credentialNumber, developerHistory, passwordReset, type MintKey } from './people.js';
import { developersOf, PORTAL, STRATEGY, type Scale } from './plan.js';
import { contentsOf, portalCreated, productHistory, strategyCreated, type Stored } from './products.js';
import type { Step } from './steps.js';

/** Appends under way at once: so many share one commit. */
const GROUP = 1_000;
/** Steps of one application lie so many applications apart in the log, as they would in a living one. */
const APART = 200;

export type Progress = (events: number) => void;

/**
 * Writes a log of valid histories, with keyring and blobs beside it, as the server would have done: through the codec, the
 * event store and the vault.
 */
export async function generate(dataDir: string, scale: Scale, progress: Progress): Promise<void> {
  const config = loadConfig({ GATEHOUSE_DATA_DIR: dataDir });
  const store = openSqliteEventStore({ file: join(dataDir, 'log.db') });
  const vault = openSqliteVault({ file: join(dataDir, 'vault.db') });
  const keyring = await openKeyring({ vault, masterKey: config.masterKey, keyPrefix: config.keyPrefix });
  const log = writer(store, keyring, progress);
  await log.write('authStrategy', STRATEGY, strategyCreated);
  await log.write('portal', PORTAL, portalCreated);
  await writeProducts(dataDir, scale, log);
  await writeDevelopers(scale, log, keyring);
  await writeApplications(scale, log, minter(keyring, scale));
  await fillUp(scale, log);
  await log.flush();
  await store.close();
  await vault.close();
}

/** Everybody forgets the password, then everybody sets a new one, until the log is as long as it should be. */
async function fillUp(scale: Scale, log: Writer): Promise<void> {
  const developers = developersOf(scale);
  for (let n = 0; log.written() < scale.events; n++) {
    const developer = n % developers;
    const [forgotten, set] = passwordReset(developer);
    const step = Math.floor(n / developers) % 2 === 0 ? forgotten! : set!;
    await log.write('developer', benchId('developer', developer), step);
  }
}

interface Writer {
  write(aggregate: AggregateName, id: string, step: Step): Promise<void>;
  flush(): Promise<void>;
  written(): number;
}

/** An append waits for its encoding, so that two on one stream could overtake each other: one at a time is under way. */
function writer(store: EventStore, keyring: Keyring, progress: Progress): Writer {
  const revisions = new Map<string, number>();
  const pending = new Map<string, Promise<void>>();
  let commands = 0;
  let written = 0;

  async function flush(): Promise<void> {
    await Promise.all(pending.values());
    pending.clear();
    progress(written);
  }

  async function append(stream: string, expectedRevision: number, number: number, step: Step): Promise<void> {
    const envelope = {
      name: step.command,
      body: {},
      actor: step.actor,
      commandId: commandId(number),
      now: commandTime(number),
      seed: new Uint8Array(),
    };
    const aggregate = stream.slice(0, stream.indexOf('-'));
    const portal = aggregate === 'product' || aggregate === 'authStrategy' ? {} : { portal: PORTAL };
    const encoded = await encode(step.events, { envelope, basis: {}, ...portal, held: new Set(), secrets: keyring });
    const { outcome } = await store.append({ stream, expectedRevision, ...encoded });
    if (outcome !== 'appended') throw new Error(`${step.command} on ${stream}: ${outcome}`);
  }

  return {
    flush,
    written: () => written,
    async write(aggregate, id, step) {
      const stream = `${aggregate}-${id}`;
      if (pending.size >= GROUP || pending.has(stream)) await flush();
      const revision = revisions.get(stream) ?? -1;
      revisions.set(stream, revision + step.events.length);
      pending.set(stream, append(stream, revision, commands++, step));
      written += step.events.length;
    },
  };
}

async function writeProducts(dataDir: string, { products }: Scale, log: Writer): Promise<void> {
  const blobs = openSqliteBlobs({ file: join(dataDir, 'blobs.db') });
  const put = async (bytes: Uint8Array) => ({ sha256: await blobs.put(bytes), size: bytes.length });
  for (let start = 0; start < products; start += 100) {
    const numbers = Array.from({ length: Math.min(100, products - start) }, (_, i) => start + i);
    const stored = await Promise.all(
      numbers.map(async (n): Promise<Stored> => {
        const { document, specification, operations } = contentsOf(n);
        const [a, b, c] = await Promise.all([put(document), put(specification), put(operations)]);
        return { document: a, specification: b, operations: c };
      }),
    );
    await inTurn(numbers, (n) => productHistory(n, stored[n - start]!), 'product', log);
  }
  await blobs.close();
}

async function writeDevelopers(scale: Scale, log: Writer, keyring: Keyring): Promise<void> {
  const all = Array.from({ length: developersOf(scale) }, (_, n) => n);
  for (let start = 0; start < all.length; start += GROUP) {
    const some = all.slice(start, start + GROUP);
    await Promise.all(some.map((n) => keyring.ensurePersonKey(benchId('developer', n))));
    await inTurn(some, developerHistory, 'developer', log);
  }
}

/** The first step of all, then the second of all, and so on. */
async function inTurn(
  numbers: readonly number[],
  historyOf: (n: number) => readonly Step[],
  kind: 'product' | 'developer',
  log: Writer,
): Promise<void> {
  const histories = numbers.map(historyOf);
  for (let k = 0; histories.some((history) => k < history.length); k++) {
    for (const [i, history] of histories.entries()) {
      const step = history[k];
      if (step) await log.write(kind, benchId(kind, numbers[i]!), step);
    }
    await log.flush();
  }
}

/** Each application has taken its next step when APART others have begun. */
async function writeApplications(scale: Scale, log: Writer, mint: MintKey): Promise<void> {
  const open = new Map<number, readonly Step[]>();
  for (let n = 0; n < scale.applications || open.size > 0; n++) {
    if (n < scale.applications) open.set(n, applicationHistory(n, scale, mint));
    for (let k = 0, m = n; m >= 0 && k < 20; k++, m = n - k * APART) {
      const history = open.get(m);
      if (!history) continue;
      await log.write('application', benchId('application', m), history[k]!);
      if (k === history.length - 1) open.delete(m);
    }
  }
}

/** Real keys for the applications that are called with; a digest of the right shape, quickly made, for the others. */
function minter(keyring: Keyring, scale: Scale): MintKey {
  const algorithm = benchKey(keyring, 0).algorithm;
  return (application, credential) =>
    isCalledWith(application, scale) && credential === credentialNumber(application, 1)
      ? benchKey(keyring, application)
      : { key: '', digest: createHash('sha256').update(`${credential}`).digest('base64url'), algorithm };
}

const isCalledWith = (application: number, { applications, keys }: Scale): boolean =>
  application % Math.max(1, Math.floor(applications / keys)) === 0;

/** The applications whose keys are known, with a version that each may call. */
export const callers = (scale: Scale): readonly number[] =>
  Array.from({ length: scale.applications }, (_, n) => n)
    .filter((n) => isCalledWith(n, scale))
    .slice(0, scale.keys);

/** The n-th application's key in force: derived, so that it need not be kept. */
export function benchKey(keyring: Keyring, application: number) {
  return keyring.mintKey({
    applicationId: benchId('application', application),
    credentialId: benchId('credential', credentialNumber(application, 1)),
    secret: createHash('sha256').update(`benchmark ${application}`).digest().subarray(0, 20),
  });
}
