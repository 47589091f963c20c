import { createHash } from 'node:crypto';
import { envelope } from '#command-handling/envelope.js';
import type { CommandHandler } from '#command-handling/handler.js';
import { parseCommand } from '#domain/core/violations.js';
import { COMMANDS } from '#domain/command-table.js';
import { refusalDefinition } from '#domain/registry.js';
import type { EventStore } from '#event-store/port.js';
import type { LogEvent } from '#read-models/log-event.js';
import { EffectFailed } from './reactor.js';

export interface Cause {
  /** Who acts, as the events will say. */
  readonly reactor: string;
  /** The event that the command follows from. */
  readonly event?: LogEvent;
  /** Milliseconds since the epoch, and what is to be done at that time, where no event is the cause. */
  readonly due?: { readonly at: number; readonly what: string };
}

/** Sends a command that follows from something. `target`: what of many it is about, so that each has an id of its own. */
export type SendCommand = (name: string, values: object, target: string, cause: Cause) => Promise<void>;

export interface CommandsOptions {
  readonly handler: Pick<CommandHandler, 'execute'>;
  readonly store: Pick<EventStore, 'readStream'>;
  readonly now: () => number;
}

/** Not an error: what the command was to end is not there any more, or it is not time yet. */
const isFine = (code: string): boolean => refusalDefinition(code).kind === 'not-found' || code === 'credential_not_due';

/**
 * Commands of reactors. Their ids derive from the cause, so that a repeat after a crash is recognised; what is gone
 * already counts as done.
 * @throws EffectFailed for any other refusal
 */
export function createSender({ handler, store, now }: CommandsOptions): SendCommand {
  return async (name, values, target, cause) => {
    const commandId = commandIdFor(name, target, cause);
    const { reactor, event } = cause;
    const outcome = await handler.execute(
      envelope(
        name,
        instance(name, values),
        { kind: 'system', id: reactor },
        { commandId, now: new Date(now()), ...causedBy(event) },
      ),
    );
    if (outcome.kind === 'accepted') return;
    const { refusal: code } = outcome.refusal;
    if (isFine(code) || (await wasDone(name, values, commandId))) return;
    throw new EffectFailed(`${name} was refused: ${code}`);
  };

  /** Done before a crash, and undone by somebody since: the repeat is refused for ever, and rightly. */
  async function wasDone(name: string, values: object, commandId: string): Promise<boolean> {
    const { aggregate, id } = COMMANDS.get(name)!;
    const stream = `${aggregate}-${String((values as Record<string, unknown>)[id!])}`;
    const events = await store.readStream(stream);
    return events.some(({ metadata }) => metadata['command_id'] === commandId);
  }
}

const causedBy = (event: LogEvent | undefined) =>
  event && {
    causationId: event.id,
    correlationId: event.metadata['correlation_id'] ?? event.id,
    ...(event.metadata['trace_id'] === undefined ? {} : { traceId: event.metadata['trace_id'] }),
  };

function instance(name: string, values: object): object {
  const parsed = parseCommand(COMMANDS.get(name)!.command, values);
  if ('command' in parsed) return parsed.command;
  const fields = parsed.violations.map(({ field }) => field).join(', ');
  throw new EffectFailed(`${name} is malformed: ${fields}`, { permanent: true });
}

/** A UUIDv7 (RFC 9562, section 5.7) of the cause's time and a hash of the rest; the last two bytes are for event numbers. */
export function commandIdFor(name: string, target: string, { reactor, event, due }: Cause): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([reactor, event?.id ?? due?.what, name, target]))
    .digest();
  const time = event ? Date.parse(event.at) : (due?.at ?? 0);
  const stamp = time.toString(16).padStart(12, '0');
  const hex = hash.toString('hex');
  const variant = ((hash[8]! & 0x3f) | 0x80).toString(16);
  return `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 28)}0000`;
}
