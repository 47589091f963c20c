import { Inject, Injectable } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { envelope, type Accepted, type CommandEnvelope, type Outcome } from '#command-handling/envelope.js';
import type { Actor } from '#domain/core/decider.js';
import { COMMANDS } from '#domain/command-table.js';
import { viewsOf } from '#read-models/views/index.js';
import type { Context } from './context.js';
import { nextIdempotency } from './idempotency.js';
import { Problem, refusalProblem } from './problem.js';
import { keepSecrets } from './secret-fields.js';
import { instanceOf, propertiesOf } from './validation.js';
import { SERVICES, type Services } from '../services.js';

/** The one command of the bus: which of the command table's rows it is, its envelope says. */
export class SendCommand extends Command<Outcome> {
  constructor(readonly envelope: CommandEnvelope) {
    super();
  }
}

@CommandHandler(SendCommand)
export class SendCommandHandler implements ICommandHandler<SendCommand> {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  execute(command: SendCommand): Promise<Outcome> {
    return this.services.handler.execute(command.envelope);
  }
}

/** Streams that concern no person: a reason may stand in the metadata of their events, in clear. */
const PUBLIC_STREAMS: ReadonlySet<string> = new Set(['product', 'portal', 'authStrategy', 'team', 'dcrProvider']);

/** How long a Kong-compatible write waits for the views that it changes, so that the list fetched next shows it. It succeeds all the same. */
const READ_YOUR_WRITES_MS = 2000;

export interface SendOptions {
  /** Default: the caller. Flows that act with a mailed token send as the developer that the token names. */
  readonly actor?: Actor;
  /**
   * The answer shows no trace of the command, so that it does not tell whether anything was written: no receipt, no
   * position and revision, no If-Match, and no waiting, which the sender does alike in either case.
   */
  readonly silent?: boolean;
  /** It completes an earlier command of the same request: If-Match was about what there was before that one. */
  readonly completes?: boolean;
}

/** Sends commands on behalf of a request: validated, with its reason, expected revision and Idempotency-Key. */
@Injectable()
export class Sender {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(CommandBus) private readonly bus: CommandBus,
  ) {}

  /**
   * Sends the named command and, on the Kong-compatible surfaces, waits until the views show it.
   * @throws Problem 400 for fields at fault; the refusal's problem otherwise
   */
  async send(context: Context, name: string, values: object, options: SendOptions = {}): Promise<Accepted> {
    const outcome = await this.offer(context, name, values, options);
    if (outcome.kind === 'refused') throw this.problem(context, outcome.refusal);
    return outcome;
  }

  /** Like send, but a refusal is answered, not thrown. */
  async offer(context: Context, name: string, values: object, options: SendOptions = {}): Promise<Outcome> {
    const entry = COMMANDS.get(name);
    if (!entry) throw new Error(`There is no command ${name}`);
    const ownField = propertiesOf(entry.command).includes('reason');
    const given = ownField && context.reason !== undefined ? { reason: context.reason, ...values } : values;
    // checked already where the guard made it
    const checked = given instanceof entry.command ? given : instanceOf(entry.command, given);
    const body = await keepSecrets(entry, checked, this.services.clientSecrets);
    const outcome = await this.bus.execute(
      new SendCommand(
        envelope(name, body, options.actor ?? context.actor, {
          now: new Date(this.services.now()),
          traceId: context.request.id,
          ...(ownField || !PUBLIC_STREAMS.has(entry.aggregate) ? {} : { reason: context.reason }),
          ...(options.silent ? {} : conditionsOf(context, options)),
        }),
      ),
    );
    if (outcome.kind === 'accepted' && !options.silent) await this.settle(context, outcome);
    return outcome;
  }

  problem(context: Context, refusal: Parameters<typeof refusalProblem>[0]): Problem {
    return refusalProblem(refusal, context.operation.path.startsWith('/api/') ? context.operation.errors : undefined);
  }

  private async settle(context: Context, accepted: Accepted): Promise<void> {
    context.revision = accepted.revision;
    if (accepted.repeated) context.reply.header('Idempotent-Replayed', 'true');
    if (accepted.position === undefined) return;
    context.position = accepted.position;
    if (!context.operation.path.startsWith('/commands')) {
      const views = viewsOf(accepted.events.map(({ type }) => type));
      await this.services.projections.waitFor(accepted.position, READ_YOUR_WRITES_MS, views);
    }
  }
}

/** If-Match and Idempotency-Key, as far as they were sent. */
function conditionsOf(context: Context, { completes }: SendOptions) {
  const expectedRevision = completes ? undefined : context.expectedRevision;
  const idempotency = nextIdempotency(context);
  return { ...(expectedRevision === undefined ? {} : { expectedRevision }), ...(idempotency ? { idempotency } : {}) };
}
