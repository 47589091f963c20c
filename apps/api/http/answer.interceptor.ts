import { hash } from 'node:crypto';
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { firstValueFrom, from, of, type Observable } from 'rxjs';
import { findRecorded, recordedPosition, type Recorded } from '#command-handling/receipts.js';
import type { Context, GatehouseRequest } from './context.js';
import { matchesTag } from './entity-tag.js';
import { successStatus } from './operation.js';
import { formatPosition } from './position.js';
import { SERVICES, type Services } from '../services.js';

/** An answer with a status or headers of its own; controllers return the plain body otherwise. */
export class Answer {
  constructor(
    readonly body: unknown,
    readonly options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {}
}

/** Writes answers: recorded ones for a repeated Idempotency-Key, entity tags, the position of what was written. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  /** Requests with an Idempotency-Key that are still running, by receipt: a second sender waits for the first. */
  private readonly running = new Map<string, Promise<unknown>>();

  constructor(@Inject(SERVICES) private readonly services: Services) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> | Promise<Observable<unknown>> {
    const context = execution.switchToHttp().getRequest<GatehouseRequest>().context;
    if (!context || context.operation.raw) return next.handle();
    return from(context.idempotency ? this.once(context, next) : this.answer(context, next));
  }

  private async once(context: Context, next: CallHandler): Promise<unknown> {
    const { receipt } = context.idempotency!;
    for (let first = this.running.get(receipt); first; first = this.running.get(receipt))
      await first.catch(() => undefined);
    const mine = this.recordedOr(context, next);
    this.running.set(receipt, mine);
    try {
      return await mine;
    } finally {
      this.running.delete(receipt);
    }
  }

  private async recordedOr(context: Context, next: CallHandler): Promise<unknown> {
    if (context.operation.fromOutcome) return this.answer(context, next);
    const { store, keyring } = this.services;
    const recorded = await findRecorded(context.idempotency!, store, keyring);
    if (recorded?.http) return replay(context, recorded.http);
    const body = await this.answer(context, recorded ? await this.resumed(context, recorded, next) : next);
    await this.record(context, body);
    return body;
  }

  /**
   * For a command that was carried out but not answered: the process ended in between. What is deleted can no longer be
   * found, so a deletion is answered without looking for it; anything else is rendered anew, its commands from their receipts.
   */
  private async resumed(context: Context, recorded: Recorded, next: CallHandler): Promise<CallHandler> {
    const { method } = context.operation;
    if (method !== 'DELETE' || successStatus(context.operation) !== 204) return next;
    const position = await recordedPosition(recorded, this.services.store);
    if (position !== undefined) context.position = position;
    context.reply.header('Idempotent-Replayed', 'true');
    return { handle: () => of(undefined) };
  }

  /** Keeps the answer as it was sent. Only the first command's receipt holds it; without one nothing was changed. */
  private async record(context: Context, body: unknown): Promise<void> {
    const { store, keyring } = this.services;
    const { secret } = context.idempotency!;
    const recorded = await findRecorded(context.idempotency!, store, keyring);
    if (!recorded) return;
    const http: Recorded['http'] = {
      status: context.reply.statusCode,
      headers: Object.fromEntries(
        ['content-type', 'etag', 'gatehouse-position', 'cache-control', 'location']
          .map((name) => [name, context.reply.getHeader(name)])
          .filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
      ),
      body: Buffer.isBuffer(body) ? body.toString() : typeof body === 'string' ? body : '',
    };
    await store.sealReceipt(
      context.idempotency!.receipt,
      keyring.sealWith(secret, JSON.stringify({ ...recorded, http })),
    );
  }

  private async answer(context: Context, next: CallHandler): Promise<unknown> {
    const { reply, operation } = context;
    const result = await firstValueFrom(next.handle());
    const { body, options } = result instanceof Answer ? result : new Answer(result);
    const status = options.status ?? successStatus(operation);
    reply.status(status);
    for (const [name, value] of Object.entries(options.headers ?? {})) reply.header(name, value);
    if (context.position !== undefined)
      reply.header('Gatehouse-Position', formatPosition(this.services.store.logId, context.position));
    if (body === undefined || body === null || status === 204) return undefined;
    if (Buffer.isBuffer(body) || reply.getHeader('content-type')) return this.tagged(context, body as string | Buffer);
    reply.header('content-type', 'application/json; charset=utf-8');
    return this.tagged(context, JSON.stringify(body));
  }

  /** The revision is what If-Match compares; the hash covers what other streams add to the answer. */
  private tagged(context: Context, body: string | Buffer): unknown {
    const { reply, request, revision } = context;
    if (reply.getHeader('cache-control') === 'no-store') return body;
    const digest = hash('sha1', body, 'base64url').slice(0, 16);
    const tag = revision === undefined ? `"${digest}"` : `"${revision}.${digest}"`;
    reply.header('ETag', tag);
    if (request.method !== 'GET' || !matchesTag(request.headers['if-none-match'], tag)) return body;
    reply.status(304);
    return undefined;
  }
}

function replay(context: Context, http: NonNullable<Recorded['http']>): unknown {
  context.reply.status(http.status);
  for (const [name, value] of Object.entries(http.headers)) context.reply.header(name, value);
  context.reply.header('Idempotent-Replayed', 'true');
  return http.body === '' ? undefined : http.body;
}
