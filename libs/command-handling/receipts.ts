import type { Accepted, CommandEnvelope, Outcome } from './envelope.js';
import type { Secrets } from './env.js';
import type { EventStore, Receipt } from '#event-store/port.js';

/** Recorded answers are kept for a day. */
export const RECEIPT_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** What is sealed into a receipt: the command's outcome, and the HTTP answer once it has been rendered. */
export interface Recorded {
  readonly accepted: Omit<Accepted, 'position'>;
  readonly http?: { readonly status: number; readonly headers: Record<string, string>; readonly body: string };
}

/** The same Idempotency-Key came with another payload. */
export class PayloadMismatch extends Error {
  override readonly name = 'PayloadMismatch';
}

/** Bodies may hold what can be guessed or is a secret: a plain digest at rest would let guesses be tried. */
const keyedPayload = (payload: string, secrets: Secrets): string => secrets.hmac('receipt-payload', payload);

/** The receipt that is stored in the transaction of the command's events; undefined without an Idempotency-Key. */
export function receiptFor(command: CommandEnvelope, accepted: Accepted, secrets: Secrets): Receipt | undefined {
  if (!command.idempotency) return undefined;
  const { receipt, payload, secret } = command.idempotency;
  return {
    key: receipt,
    payload: keyedPayload(payload, secrets),
    commandId: command.commandId,
    expiresAt: command.now.getTime() + RECEIPT_LIFETIME_MS,
    sealed: secrets.sealWith(secret, JSON.stringify({ accepted } satisfies Recorded)),
  };
}

/** Opens what was recorded under a receipt; throws PayloadMismatch if it was recorded for something else. */
export async function findRecorded(
  idempotency: { receipt: string; payload: string; secret: string },
  store: EventStore,
  secrets: Secrets,
): Promise<Recorded | undefined> {
  const receipt = await store.receipt(idempotency.receipt);
  if (!receipt) return undefined;
  const { payload } = idempotency;
  // Receipts of earlier versions have the plain digest; after an upgrade they serve until their day is over.
  if (receipt.payload !== keyedPayload(payload, secrets) && receipt.payload !== payload)
    throw new PayloadMismatch('Idempotency-Key used with another payload');
  const opened = secrets.openWith(idempotency.secret, receipt.sealed);
  return opened === undefined ? undefined : (JSON.parse(opened) as Recorded);
}

/** The position of the last event that a recorded command wrote, read back from its stream. */
export async function recordedPosition({ accepted }: Recorded, store: EventStore): Promise<bigint | undefined> {
  const [last] = await store.readStream(accepted.stream, { from: accepted.revision, limit: 1 });
  return last?.position;
}

/** The recorded outcome of an earlier send, with its position. */
export async function openReceipt(
  command: CommandEnvelope,
  reader: { store: EventStore; secrets: Secrets },
): Promise<Outcome | undefined> {
  if (!command.idempotency) return undefined;
  const recorded = await findRecorded(command.idempotency, reader.store, reader.secrets);
  if (!recorded) return undefined;
  const position = await recordedPosition(recorded, reader.store);
  return { ...recorded.accepted, ...(position === undefined ? {} : { position }), repeated: true };
}
