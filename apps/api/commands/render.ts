import type { Accepted } from '#command-handling/envelope.js';
import type { CommandEntry } from '#domain/core/command.js';
import type { Doc } from '#read-models/port.js';
import { schemaOf } from '../http/json-schema.js';
import { formatPosition } from '../http/position.js';
import { SENDABLE } from './sendable.js';

export const renderAnswer = (accepted: Accepted, logId: string): object => ({
  command_id: accepted.commandId,
  outcome: accepted.outcome,
  result: accepted.result,
  stream: accepted.stream,
  revision: accepted.revision,
  position: accepted.position === undefined ? null : formatPosition(logId, accepted.position),
  events: accepted.events,
});

export const renderDescription = (name: string, entry: CommandEntry): object => ({
  name,
  does: entry.does,
  path: SENDABLE.has(name) ? `/commands/${name}` : null,
  permission: entry.permission,
  writes: entry.aggregate,
  expects: entry.expects,
  on_conflict: entry.onConflict,
  causes: entry.causes,
  schema: schemaOf(entry.command),
});

/** Entries of the timeline have their position as id: digits of fixed width. */
export const timelinePosition = (logId: string, { id }: Doc): string => formatPosition(logId, BigInt(id));

/** `entries`: the command's entries in the audit timeline, at least one, in log order. */
export function renderReceipt(entries: readonly Doc[], logId: string): object {
  const [first] = entries as [Doc];
  return {
    command_id: first['command_id'],
    command: first['command'],
    actor: { kind: first['actor_kind'], id: first['actor_id'] ?? '' },
    at: first['at'],
    stream: `${String(first['aggregate'])}-${String(first['entity_id'])}`,
    position: timelinePosition(logId, entries.at(-1)!),
    events: entries.map((entry) => ({
      id: entry['event_id'],
      type: entry['type'],
      position: timelinePosition(logId, entry),
    })),
  };
}
