import { createHash } from 'node:crypto';
import type { Idempotency } from '#command-handling/envelope.js';
import type { Actor } from '#domain/core/decider.js';
import type { Context, GatehouseRequest, RequestIdempotency } from './context.js';
import { invalid } from './problem.js';

/**
 * Reads the Idempotency-Key header (IETF draft-ietf-httpapi-idempotency-key-header). The receipt's name is a keyed hash of
 * caller and key: another caller's key never collides, and the key itself is stored nowhere.
 */
export function readIdempotency(
  request: GatehouseRequest,
  actor: Actor,
  keyring: { hmac(purpose: string, text: string): string },
): RequestIdempotency | undefined {
  const secret = request.headers['idempotency-key'];
  if (secret === undefined) return undefined;
  if (typeof secret !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(secret)) {
    throw invalid({
      field: 'Idempotency-Key',
      reason: 'must have 1 to 255 visible ASCII characters',
      rule: 'invalid',
      source: 'header',
    });
  }
  const payload = createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(request.rawBody ?? '')
    .digest('hex');
  // Tokens of one name may be limited to different portals: what one has done, another must not be shown.
  const caller = [actor.kind, actor.id, ...(actor.portal === undefined ? [] : [actor.portal])];
  return { receipt: keyring.hmac('receipt', JSON.stringify([...caller, secret])), payload, secret, sent: 0 };
}

/** The idempotency of the request's next command: the first has the request's own receipt, later ones one each. */
export function nextIdempotency(context: Context): Idempotency | undefined {
  const mine = context.idempotency;
  if (!mine) return undefined;
  const number = mine.sent++;
  return {
    receipt: number === 0 ? mine.receipt : `${mine.receipt}:${number}`,
    payload: mine.payload,
    secret: mine.secret,
  };
}
