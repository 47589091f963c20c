import type { StoredEvent } from '#event-store/port.js';
import { groupBy } from '../group-by.js';
import { describe, promised, type Operation } from '../history.js';

export interface LogCheck {
  /** Accepted operations whose events are there, once. */
  readonly kept: number;
  /** Accepted operations whose events are not, or not all, there. */
  readonly lost: readonly string[];
  /** Commands in the log that two operations, or none, can answer for. */
  readonly foreign: readonly string[];
  /** Commands that nobody has been answered for yet, and that an unanswered operation explains. */
  readonly inFlight: number;
  /** Commands that the service itself sent, caused by others. */
  readonly ofService: number;
}

const commandIdOf = ({ metadata }: StoredEvent): string => metadata['command_id']!;

/**
 * Compares the log with what the clients were told: every accepted operation has exactly its events there, and every event
 * belongs to an accepted operation, to one whose answer got lost, or to the service's own reaction to another event.
 */
export function checkLog(events: readonly StoredEvent[], baseline: bigint, operations: readonly Operation[]): LogCheck {
  const byCommand = groupBy(events, commandIdOf);
  const places = new Map(events.map(({ position }, index) => [position, index]));
  const eventIds = new Set(events.map(({ id }) => id));
  const lost: string[] = [];
  const foreign: string[] = [];
  const claimed = new Map<string, Operation>();

  for (const operation of operations) {
    const promise = promised(operation);
    if (!promise) continue;
    const last = events[places.get(promise.position) ?? -1];
    const commandId = promise.commandId ?? (last && commandIdOf(last));
    const own = byCommand.get(commandId ?? '') ?? [];
    const fault = mismatch(operation, own, places);
    if (fault) lost.push(`${describe(operation)}: ${fault}`);
    const other = claimed.get(commandId ?? '');
    if (other) foreign.push(`${describe(operation)} and ${describe(other)} were answered with one command`);
    else if (commandId !== undefined) claimed.set(commandId, operation);
  }

  const unanswered = operations.filter(({ answer }) => answer === undefined).map(({ command }) => command);
  let inFlight = 0;
  let ofService = 0;
  for (const [commandId, own] of byCommand) {
    const { position, metadata, stream } = own[0]!;
    if (position <= baseline || claimed.has(commandId)) continue;
    const explained = unanswered.indexOf(metadata['command']!);
    if (metadata['actor_kind'] === 'system') {
      ofService += 1;
      if (!isCaused(metadata, eventIds, byCommand)) foreign.push(`${metadata['command']} on ${stream} has no cause`);
    } else if (explained >= 0) {
      inFlight += 1;
      unanswered.splice(explained, 1);
    } else foreign.push(`${metadata['command']} on ${stream} (${commandId}): nobody was told of it`);
  }
  return { kept: claimed.size - lost.length, lost, foreign, inFlight, ofService };
}

/** What is wrong with the events of an accepted operation. */
function mismatch(
  operation: Operation,
  own: readonly StoredEvent[],
  places: ReadonlyMap<bigint, number>,
): string | undefined {
  const { position, eventIds, revision, stream } = promised(operation)!;
  const last = own.at(-1);
  if (!last) return 'none of its events is in the log';
  if (last.position !== position) return `its last event is at ${last.position}, promised was ${position}`;
  if (last.metadata['command'] !== operation.command) return `its events are of ${last.metadata['command']}`;
  const { as } = operation.request;
  if (as && last.metadata['actor_id'] !== as.id) return 'its events are by somebody else';
  if (own.some((event) => event.stream !== last.stream)) return 'its events are in several streams';
  const first = places.get(own[0]!.position)!;
  if (own.some(({ position }, index) => places.get(position) !== first + index)) return 'its events are torn';
  if (stream !== undefined && (last.stream !== stream || last.revision !== revision)) return 'it is at another place';
  if (eventIds && eventIds.join() !== own.map(({ id }) => id).join()) return 'its events are not those promised';
  return undefined;
}

/** A command of the service names the event that it reacts to, or is part of a command that was refused meanwhile. */
const isCaused = (
  { causation_id, correlation_id, command }: StoredEvent['metadata'],
  eventIds: ReadonlySet<string>,
  commands: ReadonlyMap<string, unknown>,
): boolean =>
  causation_id !== undefined
    ? eventIds.has(causation_id) || commands.has(causation_id)
    : command === 'RepeatSignUp' && correlation_id !== undefined;
