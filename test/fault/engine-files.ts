import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { openForViews } from '../../apps/engines/open.js';
import { EMBEDDED, type EngineSettings } from '../../apps/engines/settings.js';
import { openProjections } from '../../apps/projector/open.js';
import { canonicalJson } from '#event-store/canonical.js';
import { openSqliteEventStore } from '#event-store/sqlite/event-store.js';
import type { StoredEvent } from '#event-store/port.js';
import { lineOf } from '#read-models/generations.js';
import type { ReadModelStore } from '#read-models/port.js';
import { allViews } from '#read-models/views/index.js';

const DATABASES = ['log.db', 'blobs.db', 'vault.db', 'views.db'];

/** Copies the engines' files as they lie on the disk, in place of those there: what a crash has left, or what a backup holds. */
export function copyFiles(from: string, to: string, names: readonly string[] = DATABASES): void {
  mkdirSync(to, { recursive: true });
  for (const name of names) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(to, name + suffix), { force: true });
    for (const file of [name, `${name}-wal`]) copyIfThere(join(from, file), join(to, file));
  }
  copyIfThere(join(from, 'master-key'), join(to, 'master-key'));
}

function copyIfThere(from: string, to: string): void {
  if (existsSync(from)) copyFileSync(from, to);
}

export interface LogContents {
  readonly logId: string;
  readonly events: readonly StoredEvent[];
  /** Keyed hash -> the stream that holds it. */
  readonly claims: ReadonlyMap<string, string>;
  /** What is wrong with the file; revisions and positions with gaps among it. */
  readonly damage: readonly string[];
}

/** The events of a log that a process may have open. */
export async function readEvents(dataDir: string): Promise<readonly StoredEvent[]> {
  const store = openSqliteEventStore({ file: join(dataDir, 'log.db'), readOnly: true });
  try {
    return await store.readAll({ after: 0n, limit: Number.MAX_SAFE_INTEGER });
  } finally {
    await store.close();
  }
}

/** Everything in a log that no process has open. */
export async function readLog(dataDir: string): Promise<LogContents> {
  const file = join(dataDir, 'log.db');
  const store = openSqliteEventStore({ file });
  const damage = await store.integrity();
  const events = await store.readAll({ after: 0n, limit: Number.MAX_SAFE_INTEGER });
  await store.close();
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare('SELECT hash, owner FROM claims').all() as { hash: string; owner: string }[];
  db.close();
  return { logId: store.logId, events, claims: new Map(rows.map(({ hash, owner }) => [hash, owner])), damage };
}

/**
 * Lets the views of a folder catch up with their log, as a starting server does; from the beginning if there are none.
 * Answers the position that they have reached.
 */
export async function catchUp(dataDir: string, engines: EngineSettings = EMBEDDED): Promise<bigint> {
  const { store, close } = await openForViews({ dataDir, engines });
  const head = await store.head();
  await close();
  const troubles: string[] = [];
  const projections = await openProjections(
    { dataDir, engines },
    {
      settleMs: 120_000,
      onBlocked: (view, { position, error }) => troubles.push(`${view} is blocked at ${position}: ${error}`),
      onError: (error) => troubles.push(String(error)),
    },
  );
  const reached = await projections.waitFor(head, 120_000);
  await projections.stop();
  if (!reached || troubles.length > 0) throw new Error(`the views do not reach ${head}: ${troubles.join('; ')}`);
  return head;
}

/** A document with its position, the same text on every engine. */
const shown = (position: number | bigint, document: unknown): string => `${position} ${canonicalJson(document)}`;

/** Every document of every view with its position, as `<view> <id>` -> text. */
export function dumpViews(dataDir: string): ReadonlyMap<string, string> {
  const db = new DatabaseSync(join(dataDir, 'views.db'), { readOnly: true });
  const pointer = db.prepare('SELECT collection FROM pointers WHERE view = ?');
  const documents = new Map<string, string>();
  for (const { name } of allViews) {
    const { collection } = pointer.get(name) as { collection: string };
    const rows = db.prepare(`SELECT id, pos, doc FROM doc_${collection} WHERE doc IS NOT NULL`).all();
    for (const { id, pos, doc } of rows as { id: string; pos: number; doc: string }[]) {
      documents.set(`${name} ${id}`, shown(pos, JSON.parse(doc)));
    }
  }
  db.close();
  return documents;
}

const PAGE = 500;

/** The same of the views that a store serves. */
export async function dumpServed(store: ReadModelStore): Promise<ReadonlyMap<string, string>> {
  const documents = new Map<string, string>();
  for (const view of allViews) {
    const collection = (await store.pointer(lineOf(view))) ?? '';
    const ids = (await store.find(collection, { where: [], limit: 1_000_000 })).map(({ id }) => id);
    for (let first = 0; first < ids.length; first += PAGE) {
      for (const { id, position, doc } of await store.load(collection, ids.slice(first, first + PAGE))) {
        if (doc) documents.set(`${view.name} ${id}`, shown(position, doc));
      }
    }
  }
  return documents;
}
