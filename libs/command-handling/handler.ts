import { encode, type Encoded } from './codec.js';
import { eventId, envelope, type Accepted, type CommandEnvelope, type Outcome } from './envelope.js';
import { makeEnv } from './env.js';
import type { Folded } from './fold-cache.js';
import { openReceipt, receiptFor } from './receipts.js';
import { readFacts, type Reader } from './references.js';
import { Turns } from './turns.js';
import { CLAIM_KINDS, type Claim } from '#domain/core/claims.js';
import type { CommandEntry, Permission } from '#domain/core/command.js';
import type { Actor, Decision } from '#domain/core/decider.js';
import { after } from '#domain/core/fold.js';
import { isRefusal, refuse, type Refusal } from '#domain/core/refusal.js';
import { COMMANDS } from '#domain/command-table.js';
import { AGGREGATES } from '#domain/registry.js';
import { StoreUnavailable } from '#event-store/port.js';

const MAX_TRIES = 5;

/** Times of the stages of one command in milliseconds, for the metrics. */
export type Stage = 'wait' | 'read' | 'decide' | 'encode' | 'append';
export type Observe = (command: string, stage: Stage, milliseconds: number) => void;

/**
 * Load, decide, append: the only writer of domain events. Commands on one stream take turns in this process, so that a
 * conflict can only come from another process.
 */
export class CommandHandler {
  private readonly turns = new Turns();
  private underWay = 0;

  /** `most`: commands at once, those that wait for their turn included; behind a slow log they must not fill the memory. */
  constructor(
    private readonly reader: Reader,
    private readonly observe: Observe = () => undefined,
    private readonly most = 10_000,
  ) {}

  /** Expected results are values. Throws StoreUnavailable (or a vault's error) when an engine cannot do its work. */
  async execute(command: CommandEnvelope): Promise<Outcome> {
    if (this.underWay >= this.most) throw new StoreUnavailable(`${this.most} commands are under way: try again later`);
    this.underWay += 1;
    try {
      return await this.settle(command);
    } finally {
      this.underWay -= 1;
    }
  }

  private async settle(command: CommandEnvelope): Promise<Outcome> {
    const entry = COMMANDS.get(command.name);
    if (!entry) throw new Error(`There is no command ${command.name}`);
    const recorded = await openReceipt(command, this.reader);
    if (recorded) return recorded;
    const env = makeEnv(command, -1, this.reader.secrets);
    const id = entry.expects === 'new' ? env.id(entry.aggregate) : String(field(command.body, entry.id!));
    const stream = `${entry.aggregate}-${id}`;
    const asked = performance.now();
    const outcome = await this.turns.take(stream, async () => {
      this.observe(command.name, 'wait', performance.now() - asked);
      return this.attempt(command, entry, id, stream);
    });
    return this.forwardIfTaken(command, entry, outcome);
  }

  private async attempt(command: CommandEnvelope, entry: CommandEntry, id: string, stream: string): Promise<Outcome> {
    for (let tries = 1; ; tries++) {
      const started = performance.now();
      const folded = await this.reader.cache.load(entry.aggregate, id);
      const refused = precheck(command, entry, id, folded);
      if (refused) return { kind: 'refused', commandId: command.commandId, refusal: refused };
      const { facts, basis } = await readFacts(entry, command.body, folded.state, this.reader);
      const read = performance.now();
      const env = makeEnv(command, folded.revision, this.reader.secrets);
      const decision = entry.decide(folded.state as never, command.body as never, facts, env);
      const decided = performance.now();
      this.observe(command.name, 'read', read - started);
      this.observe(command.name, 'decide', decided - read);
      if (isRefusal(decision)) return { kind: 'refused', commandId: command.commandId, refusal: decision };
      const portal = portalOf(entry, id, folded, decision, env.now);
      if (!reaches(command.actor, portal)) {
        return { kind: 'refused', commandId: command.commandId, refusal: refuse('not_permitted') };
      }
      if (decision.events.length === 0) return unchanged(command, stream, folded.revision, decision);
      const encoded = await encode(decision.events, {
        envelope: command,
        basis,
        portal,
        held: folded.claims,
        secrets: this.reader.secrets,
      });
      const ready = performance.now();
      this.observe(command.name, 'encode', ready - decided);
      const outcome = await this.append(command, stream, folded, decision, encoded);
      this.observe(command.name, 'append', performance.now() - ready);
      if (outcome !== 'conflict') return outcome;
      this.reader.cache.drop(stream);
      if (tries === MAX_TRIES || (entry.onConflict === 'refuse' && (await this.overtaken(stream, folded.revision)))) {
        return { kind: 'refused', commandId: command.commandId, refusal: refuse('concurrent_change') };
      }
    }
  }

  /** Whether the stream has become another since: a fence of a server log takes a revision and changes nothing. */
  private async overtaken(stream: string, revision: number): Promise<boolean> {
    return (await this.reader.store.readStream(stream, { from: revision + 1, limit: 1 })).length > 0;
  }

  private async append(
    command: CommandEnvelope,
    stream: string,
    folded: Folded,
    decision: Decision,
    encoded: Encoded,
  ): Promise<Outcome | 'conflict'> {
    const accepted: Accepted = {
      kind: 'accepted',
      outcome: 'accepted',
      commandId: command.commandId,
      stream,
      revision: folded.revision + encoded.events.length,
      result: decision.result ?? {},
      events: encoded.events.map(({ type }, index) => ({ id: eventId(command.commandId, index), type })),
    };
    const done = await this.reader.store.append({
      stream,
      expectedRevision: folded.revision,
      events: encoded.events,
      claims: encoded.claims,
      receipt: receiptFor(command, accepted, this.reader.secrets),
    });
    if (done.outcome === 'appended') return { ...accepted, position: done.position };
    if (done.outcome === 'wrong-revision') return 'conflict';
    if (done.outcome === 'already-recorded') return (await openReceipt(command, this.reader)) ?? 'conflict';
    await this.discardKey(stream, folded, decision);
    return { kind: 'refused', commandId: command.commandId, refusal: this.taken(decision, done.claim, done.owner) };
  }

  /** A developer who was to begin with this append, and does not, leaves no key behind. */
  private async discardKey(stream: string, { state }: Folded, { events }: Decision): Promise<void> {
    if (state !== AGGREGATES.developer.initialState) return;
    const newcomer = events.find(({ subject }) => stream === `developer-${subject}`)?.subject;
    if (newcomer !== undefined) await this.reader.secrets.discardPersonKey(newcomer);
  }

  /** Names the refusal of the claim that another stream holds. */
  private taken(decision: Decision, hash: string, owner: string): Refusal {
    const claims: readonly Claim[] = decision.events.flatMap((event) => event.take ?? []);
    const claim = claims.find((candidate) => this.reader.secrets.claimHash(candidate) === hash);
    const code = claim && CLAIM_KINDS[claim.kind];
    if (!claim || !code) throw new Error(`The claim ${hash} was taken by ${owner}, and it names no refusal`);
    return { ...refuse(code, { value: claim.value }), owner };
  }

  /** Sign-up with a known address: the holder's stream is told, and the sender is answered as if it were new. */
  private async forwardIfTaken(command: CommandEnvelope, entry: CommandEntry, outcome: Outcome): Promise<Outcome> {
    if (outcome.kind !== 'refused' || outcome.refusal.refusal !== entry.whenTaken?.refusal) return outcome;
    const { send, idField } = entry.whenTaken;
    const target = COMMANDS.get(send)!;
    const body = Object.assign(new target.command(), {
      [idField]: outcome.refusal.owner!.slice(target.aggregate.length + 1),
    });
    await this.execute(
      envelope(
        send,
        body,
        { kind: 'system', id: command.name },
        {
          now: command.now,
          correlationId: command.commandId,
          traceId: command.traceId,
        },
      ),
    );
    return outcome;
  }
}

const field = (body: object, name: string): unknown => (body as Record<string, unknown>)[name];

const permissionOf = (actor: Actor): Permission => (actor.kind === 'developer' ? 'owner' : actor.kind);

/** Who may, whether it is there, and whether it is at the revision that the sender saw. */
function precheck(command: CommandEnvelope, entry: CommandEntry, id: string, folded: Folded): Refusal | undefined {
  if (!entry.permission.includes(permissionOf(command.actor))) return refuse('not_permitted');
  // Before anything is said of a stream that is none of the sender's business.
  if (entry.expects === 'existing' && !reaches(command.actor, portalIn(entry, id, folded.state))) {
    return refuse('not_permitted');
  }
  // By state and not by revision: a server log may have a stream that holds nothing but a fence.
  const missing = entry.expects === 'existing' && folded.state === AGGREGATES[entry.aggregate].initialState;
  if (missing || (command.actor.kind === 'developer' && ownerOf(command, entry, id, folded) !== command.actor.id)) {
    return refuse(`${entry.aggregate.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_not_found`, { id });
  }
  if (command.expectedRevision !== undefined && command.expectedRevision !== folded.revision) {
    return refuse('revision_changed', { revision: folded.revision, expected: command.expectedRevision });
  }
  return undefined;
}

/** The developer that a command concerns. */
function ownerOf(command: CommandEnvelope, entry: CommandEntry, id: string, folded: Folded): unknown {
  if (entry.aggregate === 'developer') return id;
  if (entry.expects === 'new') return field(command.body, 'developer_id');
  return field(folded.state as object, 'developer_id');
}

/** The portal that the stream belongs to: its first event says so, and it never changes. */
function portalOf(
  entry: CommandEntry,
  id: string,
  { state }: Folded,
  { events }: Decision,
  at: string,
): string | undefined {
  return portalIn(entry, id, entry.expects === 'new' ? after(AGGREGATES[entry.aggregate], state, events, at) : state);
}

function portalIn({ aggregate }: CommandEntry, id: string, state: unknown): string | undefined {
  if (aggregate === 'portal') return id;
  const portal = field(state as object, 'portal_id');
  return typeof portal === 'string' && portal !== '' ? portal : undefined;
}

/** A sender who is limited to a portal changes nothing that belongs to another, or to none. */
const reaches = ({ portal: limit }: Actor, portal: string | undefined): boolean =>
  limit === undefined || limit === portal;

function unchanged(command: CommandEnvelope, stream: string, revision: number, decision: Decision): Accepted {
  return {
    kind: 'accepted',
    outcome: 'unchanged',
    commandId: command.commandId,
    stream,
    revision,
    result: decision.result ?? {},
    events: [],
  };
}
