import type { TestServer } from './server.js';
import { envelope } from '#command-handling/envelope.js';
import { COMMANDS } from '#domain/command-table.js';
import type { Actor } from '#domain/core/decider.js';
import { parseCommand } from '#domain/core/violations.js';

const ADMIN: Actor = { kind: 'admin', id: 'set-up' };

export type Send = (name: string, values: object, actor?: Actor) => Promise<{ readonly id: string }>;

/**
 * Sends commands to a test server's handler without HTTP, to set the scene: as an administrator unless another actor is
 * given. The views show the change when it answers. Throws on a refusal.
 */
export const commandsOf =
  ({ services }: Pick<TestServer, 'services'>): Send =>
  async (name, values, actor = ADMIN) => {
    const parsed = parseCommand(COMMANDS.get(name)!.command, values);
    if ('violations' in parsed) throw new Error(`${name}: ${JSON.stringify(parsed.violations)}`);
    const outcome = await services.handler.execute(
      envelope(name, parsed.command, actor, { now: new Date(services.now()) }),
    );
    if (outcome.kind === 'refused') throw new Error(`${name}: ${outcome.refusal.refusal}`);
    if (outcome.position !== undefined) await services.projections.waitFor(outcome.position, 5000);
    return outcome.result as { id: string };
  };
