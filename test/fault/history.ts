import { randomUUID } from 'node:crypto';
import { isAccepted, type Answer, type HttpRequest } from './send.js';

/** One thing that a client wanted done, under one Idempotency-Key however often it was sent. */
export interface Operation {
  readonly number: number;
  /** The command that the surface sends for it. */
  readonly command: string;
  readonly request: HttpRequest;
  readonly key: string;
  /** The first whole answer; absent while nobody knows how it ended. */
  answer?: Answer;
}

export interface History {
  readonly operations: readonly Operation[];
  add(command: string, request: HttpRequest): Operation;
  /** Sent, and never answered. */
  open(): readonly Operation[];
}

export function createHistory(): History {
  const operations: Operation[] = [];
  return {
    operations,
    add(command, request) {
      const operation = { number: operations.length + 1, command, request, key: randomUUID() };
      operations.push(operation);
      return operation;
    },
    open: () => operations.filter(({ answer }) => answer === undefined),
  };
}

export const describe = ({ number, command, request, answer }: Operation): string =>
  `#${number} ${command} (${request.method} ${request.path}${answer ? `, answered ${answer.status}` : ''})`;

/** What the answer to an accepted operation says about the log. */
export interface Promised {
  /** Only the command surface tells it. */
  readonly commandId?: string;
  /** Position of the last event. */
  readonly position: bigint;
  readonly eventIds?: readonly string[];
  readonly revision?: number;
  readonly stream?: string;
}

interface CommandAnswer {
  readonly command_id: string;
  readonly position: string | null;
  readonly revision: number;
  readonly stream: string;
  readonly events: readonly { readonly id: string }[];
}

const bigPosition = (text: string): bigint => BigInt(text.slice(text.lastIndexOf('.') + 1));

/** Undefined for a refusal, and for an answer that nothing had to be changed. */
export function promised({ request, answer }: Operation): Promised | undefined {
  if (!answer || !isAccepted(answer) || answer.position === null) return undefined;
  const position = bigPosition(answer.position);
  if (!request.path.startsWith('/commands/')) return { position };
  const body = JSON.parse(answer.body) as CommandAnswer;
  return {
    commandId: body.command_id,
    position: bigPosition(body.position ?? answer.position),
    eventIds: body.events.map(({ id }) => id),
    revision: body.revision,
    stream: body.stream,
  };
}

interface Result {
  readonly id?: string;
  /** A new API key. */
  readonly credential?: string;
}

/** What the operation made or changed, as the answer shows it. */
export function resultOf({ request, answer }: Operation): Result {
  if (!answer || !isAccepted(answer) || answer.body === '') return {};
  const body = JSON.parse(answer.body) as Result & { readonly result?: Result };
  return request.path.startsWith('/commands/') ? (body.result ?? {}) : body;
}
