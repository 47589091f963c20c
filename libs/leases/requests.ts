import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { VaultStore } from '#vault/port.js';

export const REQUEST = 'request';
const KEPT_MS = 60 * 60_000;
const PAGE = 500;
const LOOK_MS = 100;

/** Something that the holder of a lease is asked to do. */
export interface Request {
  /** The lease. */
  readonly to: string;
  readonly what: string;
}

interface Stored extends Request {
  /** What came of it; absent until then. */
  readonly answer?: { readonly value: unknown } | { readonly error: string };
}

/** Nobody who holds the lease has answered in time. The request stays, and is done by whoever holds it next. */
export class NotAnswered extends Error {
  override readonly name = 'NotAnswered';
}

type Needs = Pick<VaultStore, 'get' | 'insert' | 'list' | 'replace'>;

/**
 * Asks the holder of a lease, and waits for its answer, at most `timeoutMs`.
 * @throws NotAnswered; an Error with the holder's message if it could not do it
 */
export async function ask(
  vault: Needs,
  { to, what }: Request,
  { timeoutMs, now = Date.now }: { readonly timeoutMs: number; readonly now?: () => number },
): Promise<unknown> {
  const id = randomUUID();
  await vault.insert(REQUEST, id, { to, what } satisfies Stored, {
    owner: to,
    expiresAt: now() + KEPT_MS,
    relaxed: true,
  });
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    const { answer } = ((await vault.get(REQUEST, id))?.value ?? {}) as Partial<Stored>;
    if (answer && 'error' in answer) throw new Error(answer.error);
    if (answer) return answer.value;
    await delay(LOOK_MS);
  }
  throw new NotAnswered(`No process that holds ${to} has answered yet: is a projector running?`);
}

/**
 * Does what the holders of these leases are asked to do, each once as long as this process lives: a repeat after a crash does
 * no harm. What `perform` answers or throws is told to whoever asked.
 */
export async function answerRequests(
  vault: Needs,
  isMine: (lease: string) => boolean,
  perform: (request: Request) => Promise<unknown>,
): Promise<void> {
  for (const { id, version, value, expiresAt } of await vault.list(REQUEST, { limit: PAGE })) {
    const stored = value as Stored;
    if (stored.answer || !isMine(stored.to)) continue;
    const answer = await perform(stored).then(
      (result) => ({ value: result ?? null }),
      (error: unknown) => ({ error: error instanceof Error ? error.message : 'failed' }),
    );
    const options = { owner: stored.to, relaxed: true, ...(expiresAt !== undefined && { expiresAt }) };
    await vault.replace(REQUEST, id, version, { ...stored, answer } satisfies Stored, options);
  }
}
