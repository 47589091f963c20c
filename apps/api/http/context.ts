import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from './authentication.js';
import type { OperationSpec, Role } from './operation.js';
import type { Actor, ReadState } from '#domain/core/decider.js';
import type { DeveloperState } from '#domain/developer/state.js';
import type { PortalState } from '#domain/portal/state.js';

/** What the guard found out about a request, and what the controller adds for the answer. One per request. */
export interface Context {
  readonly operation: OperationSpec;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly actor: Actor;
  /** The role of the bearer token. */
  readonly role?: Role;
  /** Portal API only. */
  readonly portal: ReadState<PortalState>;
  /** The signed-in developer, where there is one. */
  readonly developer?: ReadState<DeveloperState>;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Checked against the operation's BodySpec; an instance of its class if the spec names no fields. */
  readonly body: Readonly<Record<string, unknown>>;
  /** X-Gatehouse-Reason, decoded. */
  readonly reason?: string;
  /** The revision part of If-Match. */
  readonly expectedRevision?: number;
  readonly idempotency?: RequestIdempotency;

  /** Set by controllers: the revision of the one thing answered, for its ETag. */
  revision?: number;
  /** Set by the sender: position of the newest event that this request caused. */
  position?: bigint;
}

export interface RequestIdempotency {
  /** Keyed hash of caller and Idempotency-Key. */
  readonly receipt: string;
  readonly payload: string;
  readonly secret: string;
  /** Commands sent so far by this request: each has a receipt of its own. */
  sent: number;
}

export interface GatehouseRequest extends FastifyRequest {
  context: Context;
  /** Found out before the body was read, where the operation has a role. */
  caller?: Caller;
  rawBody?: Buffer;
  /** What the request's log line says in addition. That line is not redacted: no secrets, nothing personal. */
  logged?: Readonly<Partial<Record<'denied' | 'version' | 'application' | 'credential_id' | 'sso', string>>>;
}

/** The request's context as a controller's parameter. */
export const Ctx = createParamDecorator(
  (_: unknown, context: ExecutionContext): Context => context.switchToHttp().getRequest<GatehouseRequest>().context,
);

/** The signed-in developer of an operation with access `developer`. */
export function developerOf(context: Context): ReadState<DeveloperState> {
  if (!context.developer) throw new Error(`${context.operation.id} needs access 'developer'`);
  return context.developer;
}
