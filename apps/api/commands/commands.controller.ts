import { Controller, Inject, Param, Post } from '@nestjs/common';
import { COMMANDS } from '#domain/command-table.js';
import { queryTimeline } from '#read-models/timeline-query.js';
import { Answer } from '../http/answer.interceptor.js';
import { withClient } from '../http/clients.js';
import { Ctx, type Context } from '../http/context.js';
import { Operation } from '../http/operation.js';
import { notFound, Problem } from '../http/problem.js';
import { Sender } from '../http/sender.js';
import { SERVICES, type Services } from '../services.js';
import { checkContentIsStored } from './content.js';
import { LIST_COMMANDS, makesSecret, READ_RECEIPT, sendOperation } from './operations.js';
import { renderAnswer, renderDescription, renderReceipt } from './render.js';
import { nearest, SENDABLE } from './sendable.js';

/** How long a receipt waits for the view it is read from. */
const WAIT_MS = 2_000;
const MOST_EVENTS = 1_000;

@Controller()
export class CommandsController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Sender) private readonly sender: Sender,
  ) {}

  @Operation(LIST_COMMANDS)
  list(): object {
    return { data: [...COMMANDS].map(([name, entry]) => renderDescription(name, entry)) };
  }

  @Operation(READ_RECEIPT)
  async receipt(@Ctx() context: Context): Promise<object> {
    const { store, reads } = this.services;
    await reads.waitFor(await store.head(), WAIT_MS, ['timeline']);
    const command_id = context.params['id']!;
    const entries = await queryTimeline(reads, { command_id }, { limit: MOST_EVENTS });
    if (entries.length === 0) throw notFound('A command with this id that changed something');
    return renderReceipt(entries, store.logId);
  }

  /** Called by each command's own route: see below. */
  async send(name: string, context: Context): Promise<Answer> {
    const entry = SENDABLE.get(name)!;
    await checkContentIsStored(context.body, this.services.blobs);
    const accepted = await withClient(
      this.services,
      this.sender,
      context,
      await this.sender.send(context, name, context.body),
    );
    const answer = renderAnswer(accepted, this.services.store.logId);
    return new Answer(
      answer,
      makesSecret(entry) || 'credentials' in accepted.result ? { headers: { 'cache-control': 'no-store' } } : {},
    );
  }

  /** What is no command that may be sent here; not an operation. */
  @Post('/commands/:name')
  unknown(@Param('name') name: string): never {
    if (COMMANDS.has(name)) {
      throw new Problem(404, 'no_such_command', `${name} is not sent here: developers or the service itself send it.`);
    }
    const meant = nearest(name);
    const hint = meant ? `Did you mean ${meant}?` : 'GET /commands lists those there are.';
    throw new Problem(404, 'no_such_command', `There is no command of this name. ${hint}`, {
      extra: meant ? { possible: [meant] } : {},
    });
  }
}

// One route for each row of the command table, with its own class, schema and role.
for (const [name, entry] of SENDABLE) {
  const prototype = CommandsController.prototype as unknown as Record<string, unknown>;
  const send = function (this: CommandsController, context: Context) {
    return this.send(name, context);
  };
  prototype[name] = send;
  Ctx()(CommandsController.prototype, name, 0);
  Operation(sendOperation(name, entry))(
    CommandsController.prototype,
    name,
    Object.getOwnPropertyDescriptor(CommandsController.prototype, name)!,
  );
}
