import { v7 } from 'uuid';
import { randomBytes } from 'node:crypto';
import type { Actor } from '#domain/core/decider.js';
import type { Refusal } from '#domain/core/refusal.js';

/** A command on its way: what is asked, by whom, and everything impure that its decision may use. */
export interface CommandEnvelope {
  readonly name: string;
  /** A validated instance of the command's class. */
  readonly body: object;
  readonly actor: Actor;
  /** UUIDv7 whose last two bytes are zero; its events' ids count them up. */
  readonly commandId: string;
  readonly now: Date;
  /** 32 bytes: every id and secret of the command derives from it. */
  readonly seed: Uint8Array;
  readonly correlationId?: string;
  /** Id of the event that caused the command (reactors). */
  readonly causationId?: string;
  readonly traceId?: string;
  /** Why, where the command has no field of its own for it; public streams only. */
  readonly reason?: string;
  /** From If-Match or expected_revision: refuse if the stream is elsewhere. */
  readonly expectedRevision?: number;
  readonly idempotency?: Idempotency;
}

export interface Idempotency {
  /** Keyed hash of caller and Idempotency-Key: the receipt's name. */
  readonly receipt: string;
  /** Hash of what was asked. */
  readonly payload: string;
  /** The caller's own key: seals the recorded answer. */
  readonly secret: string;
}

export interface Accepted {
  readonly kind: 'accepted';
  /** unchanged: it already was so, nothing was appended. */
  readonly outcome: 'accepted' | 'unchanged';
  readonly commandId: string;
  readonly stream: string;
  readonly revision: number;
  /** Position of the command's last event; the one before it for `unchanged` is not known, hence undefined. */
  readonly position?: bigint;
  readonly result: object;
  readonly events: readonly { readonly id: string; readonly type: string }[];
  /** The recorded answer of an earlier send with the same Idempotency-Key. */
  readonly repeated?: boolean;
}

export interface Refused {
  readonly kind: 'refused';
  readonly commandId: string;
  readonly refusal: Refusal;
}

export type Outcome = Accepted | Refused;

/** A fresh command id: a UUIDv7 with its last two bytes free for event numbers. */
export const newCommandId = (now: Date): string => `${v7({ msecs: now.getTime() }).slice(0, 32)}0000`;

/** The id of a command's n-th event (from 0): the command id counted up. A repeat of the command gives the same. */
export function eventId(commandId: string, index: number): string {
  return commandId.slice(0, 32) + (index + 1).toString(16).padStart(4, '0');
}

/** The command that an event came from: the inverse of eventId. */
export const commandIdOf = (event: string): string => `${event.slice(0, 32)}0000`;

export function envelope(
  name: string,
  body: object,
  actor: Actor,
  options: Partial<Omit<CommandEnvelope, 'name' | 'body' | 'actor'>> = {},
): CommandEnvelope {
  const now = options.now ?? new Date();
  return { name, body, actor, now, commandId: newCommandId(now), seed: randomBytes(32), ...options };
}
