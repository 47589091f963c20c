import { isRecorded } from './clients.js';
import { describe, type History, type Operation } from './history.js';
import type { Random } from './random.js';
import type { Run } from './run.js';
import { answered, sameAnswer, type Answer, type Connection } from './send.js';
import type { World } from './world.js';

export interface Settled {
  /** Answers asked for again and found the same. */
  readonly repeated: number;
  readonly violations: readonly string[];
}

/**
 * Sends again what was never answered: twice at once and once more, and all three must agree. Then a sample of what was
 * answered, which must be answered the same, byte for byte.
 */
export async function settle(
  connection: Connection,
  { history, world, random, sample }: { history: History; world: World; random: Random; sample: number },
): Promise<Settled> {
  const violations: string[] = [];
  for (const operation of history.open()) {
    const answers = await sendThrice(connection, operation);
    const [first] = answers;
    if (answers.some(({ status }) => status >= 500)) violations.push(`${describe(operation)}: a retry failed`);
    else if (!answers.every((answer) => sameAnswer(answer, first!)) && answers.some(isRecorded)) {
      violations.push(
        `${describe(operation)}: retries were answered ${answers.map(({ status }) => status).join(', ')}`,
      );
    }
    operation.answer = answers.find(isRecorded) ?? first!;
    world.learn(operation);
  }
  const answered = history.operations.filter(({ answer }) => answer && isRecorded(answer));
  const chosen =
    sample >= answered.length ? answered : Array.from({ length: sample }, () => random.pick(answered.slice(-2_000)));
  violations.push(...(await repeatAll(connection, chosen)));
  return { repeated: chosen.length, violations };
}

async function sendThrice(connection: Connection, { request, key }: Operation): Promise<readonly Answer[]> {
  const once = () => answered(connection, request, key);
  const atOnce = await Promise.all([once(), once()]);
  return [...atOnce, await once()];
}

const PARALLEL = 8;

async function repeatAll(connection: Connection, operations: readonly Operation[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  const queue = operations.values();
  async function repeat(): Promise<void> {
    for (const operation of queue) {
      const again = await answered(connection, operation.request, operation.key);
      if (!again.replayed || !sameAnswer(again, operation.answer!)) {
        wrong.push(`${describe(operation)}: sent again, answered ${again.status}${again.replayed ? '' : ' afresh'}`);
      }
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, repeat));
  return wrong;
}

/** The same as part of a run: its tally counts, its list gets what was wrong. */
export async function settleAll(run: Run, connection: Connection, sample: number): Promise<void> {
  const settled = await settle(connection, { ...run, sample });
  run.tally.repeated += settled.repeated;
  run.report('otherwise', settled.violations);
}
