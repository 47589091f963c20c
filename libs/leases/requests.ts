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

type Needs = Pick<VaultStore, 'getMany' | 'insert' | 'list' | 'replace'>;

/**
 * Asks the holders of leases, and waits for their answers, at most `timeoutMs`; the answers in the order of the requests.
 * @throws NotAnswered; an Error with a holder's message if it could not do it
 */
export async function ask(
  vault: Needs,
  requests: readonly Request[],
  { timeoutMs, now = Date.now }: { readonly timeoutMs: number; readonly now?: () => number },
): Promise<readonly unknown[]> {
  const asked = requests.map((request) => ({ id: randomUUID(), ...request }));
  const expiresAt = now() + KEPT_MS;
  await Promise.all(
    asked.map(({ id, to, what }) =>
      vault.insert(REQUEST, id, { to, what } satisfies Stored, { owner: to, expiresAt, relaxed: true }),
    ),
  );
  const end = performance.now() + timeoutMs;
  let open: readonly string[] = [];
  while (performance.now() < end) {
    const records = await vault.getMany(
      REQUEST,
      asked.map(({ id }) => id),
    );
    const answers = asked.map(({ id }) => (records.get(id)?.value as Stored | undefined)?.answer);
    const failed = answers.find((answer) => answer && 'error' in answer);
    if (failed && 'error' in failed) throw new Error(failed.error);
    open = asked.filter((_, index) => !answers[index]).map(({ to }) => to);
    if (open.length === 0) return answers.map((answer) => (answer as { readonly value: unknown }).value);
    await delay(LOOK_MS);
  }
  throw new NotAnswered(`No process that holds ${open.join(', ')} has answered yet: is a projector running?`);
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
  const waiting = (await vault.list(REQUEST, { limit: PAGE })).filter(({ value }) => {
    const { to, answer } = value as Stored;
    return !answer && isMine(to);
  });
  await Promise.all(
    waiting.map(async ({ id, version, value, expiresAt }) => {
      const stored = value as Stored;
      const answer = await perform(stored).then(
        (result) => ({ value: result ?? null }),
        (error: unknown) => ({ error: error instanceof Error ? error.message : 'failed' }),
      );
      const options = { owner: stored.to, relaxed: true, ...(expiresAt !== undefined && { expiresAt }) };
      await vault.replace(REQUEST, id, version, { ...stored, answer } satisfies Stored, options);
    }),
  );
}
