import type { Basis } from './references.js';
import type { CommandEnvelope } from './envelope.js';
import { eventId } from './envelope.js';
import type { Secrets } from './env.js';
import type { NewEvent } from '#domain/core/decider.js';
import { EVENTS } from '#domain/registry.js';
import type { ClaimChange, NewStoredEvent } from '#event-store/port.js';

/** Everything that an event's metadata says beside the command's own envelope. */
export interface EncodeContext {
  readonly envelope: CommandEnvelope;
  readonly basis: Basis;
  /** The portal that the stream belongs to, if it belongs to one. */
  readonly portal?: string;
  /** Claim hashes that the stream holds before the append, for `drop: 'all'`. */
  readonly held: ReadonlySet<string>;
  readonly secrets: Secrets;
}

export interface Encoded {
  readonly events: readonly NewStoredEvent[];
  readonly claims: ClaimChange;
}

/**
 * Turns decided events into stored ones: personal fields sealed, claims hashed, metadata flat strings.
 * Throws for an event that its definition does not cover: a mistake in the domain, not of the sender.
 */
export async function encode(decided: readonly NewEvent[], context: EncodeContext): Promise<Encoded> {
  const take = new Set<string>();
  const drop = new Set<string>();
  const events: NewStoredEvent[] = [];
  for (const [index, event] of decided.entries()) {
    const id = eventId(context.envelope.commandId, index);
    const change = claimsOf(event, new Set([...context.held, ...take]), context.secrets);
    for (const hash of change.drop) {
      // What an earlier event of this append took may have been the stream's already.
      if (!take.delete(hash) || context.held.has(hash)) drop.add(hash);
    }
    for (const hash of change.take) take.add(hash);
    events.push({
      id,
      type: event.type,
      data: await sealPersonal(event, id, context.secrets),
      metadata: metadata(event, change, context),
    });
  }
  return { events, claims: { take: [...take], drop: [...drop] } };
}

function claimsOf(event: NewEvent, held: ReadonlySet<string>, secrets: Secrets): ClaimChange {
  return {
    take: (event.take ?? []).map((claim) => secrets.claimHash(claim)),
    drop: event.drop === 'all' ? [...held] : (event.drop ?? []).map((claim) => secrets.claimHash(claim)),
  };
}

async function sealPersonal(event: NewEvent, id: string, secrets: Secrets): Promise<Record<string, unknown>> {
  const definition = EVENTS.get(event.type);
  if (!definition) throw new Error(`Event type ${event.type} is not declared`);
  const classes = definition.fields as Record<string, string>;
  const data: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(event.data)) {
    if (value === undefined) continue;
    const classification = classes[field];
    if (!classification) throw new Error(`Field ${field} of ${event.type} is not classified`);
    if (classification !== 'personal' || value === null) data[field] = value;
    else if (!event.subject) throw new Error(`${event.type} has the personal field ${field} but no subject`);
    else data[field] = await secrets.seal(event.subject, String(value), { eventId: id, field });
  }
  return data;
}

function metadata(event: NewEvent, claims: ClaimChange, context: EncodeContext): Record<string, string> {
  const { envelope: e, basis, portal } = context;
  const correlation = e.correlationId ?? e.commandId;
  const causation = e.causationId ?? e.commandId;
  const all: Record<string, string | undefined> = {
    command: e.name,
    command_id: e.commandId,
    correlation_id: correlation,
    causation_id: causation,
    $correlationId: correlation,
    $causationId: causation,
    actor_kind: e.actor.kind,
    actor_id: e.actor.id,
    by: event.by,
    basis: Object.keys(basis).length > 0 ? JSON.stringify(basis) : undefined,
    portal,
    claims: claims.take.length + claims.drop.length > 0 ? JSON.stringify(claims) : undefined,
    subject: event.subject,
    recorded_at: e.now.toISOString(),
    trace_id: e.traceId,
    reason: e.reason,
  };
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => !!pair[1]));
}
