import { setTimeout as sleep } from 'node:timers/promises';
import type { History } from './history.js';
import type { Random } from './random.js';
import {
  isAccepted,
  isTemporary,
  refreshSession,
  sameAnswer,
  send,
  type Answer,
  type Connection,
  type HttpRequest,
} from './send.js';
import { nextRequest } from './workload.js';
import type { World } from './world.js';

export interface Load {
  /**
   * Resolves when every client has noticed that the server is gone, patient ones when they are told to finish; what it says
   * was wrong with the answers.
   */
  readonly ended: Promise<readonly string[]>;
  /** Lets the clients end what they are at, and no more. */
  finish(): void;
}

/** One in so many operations is sent twice at once, as an impatient client does. */
const TWINS = 0.08;
/** One in so many patient clients gives an operation up that is not answered at once. */
const GIVES_UP = 0.3;
const PAUSE_MS = 100;

/** Clients that send one operation after the other: until the connection breaks, or patiently. */
export function startClients(
  connection: Connection,
  { clients, world, history, random }: { clients: number; world: World; history: History; random: Random },
): Load {
  let finishing = false;
  const wrong: string[] = [];

  /** A patient client sends again what was not answered, wherever it may get to then, as its Idempotency-Key allows. */
  async function ask(request: HttpRequest, key: string, own: Random): Promise<Answer | undefined> {
    const persists = connection.patient === true && !own.chance(GIVES_UP);
    for (;;) {
      const answer = await send(connection, request, key);
      if (!isTemporary(connection, answer)) return answer;
      if (answer && answer.retryAfter === null) wrong.push(`${request.path}: 503 without Retry-After`);
      await sleep(PAUSE_MS);
      if (!persists || finishing) return undefined;
    }
  }

  async function client(own: Random): Promise<void> {
    while (!finishing) {
      const { command, request } = nextRequest(world, own);
      const operation = history.add(command, request);
      const sends = own.chance(TWINS) ? 2 : 1;
      const answers = await Promise.all(Array.from({ length: sends }, () => ask(request, operation.key, own)));
      const whole = answers.filter((answer) => answer !== undefined);
      wrong.push(...faults(whole).map((fault) => `#${operation.number} ${command}: ${fault}`));
      operation.answer = outcome(whole, whole.length < sends);
      world.learn(operation);
      if (answers.includes(undefined) && !connection.patient) return;
    }
  }

  /** A kill may take the answer with the new tokens: the old ones must then still lead on. */
  async function browser(own: Random): Promise<void> {
    while (!finishing) {
      const person = own.pick(world.scene.people);
      while (!(await refreshSession(connection, person))) {
        if (!connection.patient) return;
        await sleep(PAUSE_MS);
      }
      await sleep(own.between(5, 50));
    }
  }

  const everybody = [browser(random.fork()), ...Array.from({ length: clients }, () => client(random.fork()))];
  return {
    ended: Promise.all(everybody).then(() => wrong),
    finish() {
      finishing = true;
    },
  };
}

/** Whether something was written: only then is the answer recorded, and given again. */
export const isRecorded = (answer: Answer): boolean => isAccepted(answer) && answer.position !== null;

/** How it ended, if that is known: a lost send may have been carried out, unless another send of it was. */
function outcome(answers: readonly Answer[], someLost: boolean): Answer | undefined {
  const recorded = answers.find(isRecorded);
  return recorded ?? (someLost ? undefined : answers.find(({ status }) => status < 500));
}

function faults(answers: readonly Answer[]): string[] {
  const failed = answers.filter(({ status }) => status >= 500).map(({ status }) => `answered ${status}`);
  const [one, two] = answers.filter(isRecorded);
  return two && !sameAnswer(one!, two) ? [...failed, 'sent twice at once, and answered differently'] : failed;
}
