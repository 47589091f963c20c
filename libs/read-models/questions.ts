import type { Condition } from './port.js';
import type { Reads } from './reads.js';
import type { Question } from '#domain/core/decider.js';
import { StoreUnavailable } from '#event-store/port.js';

/** How a question is counted: the view, and the condition on its documents for the id asked about. */
interface Count {
  readonly view: string;
  readonly where: (id: string) => readonly Condition[];
}

const equals = (field: string, value: string | boolean): Condition => ({ field, op: 'eq', value });
const having = (field: string) => (id: string) => [equals(field, id)];

const COUNTS: Readonly<Record<Question, Count>> = {
  'applications-of-developer': { view: 'applications', where: having('developer_id') },
  'applications-with-strategy': { view: 'applications', where: having('auth_strategy_id') },
  'publications-with-strategy': { view: 'publications', where: having('auth_strategy_id') },
  'portals-with-default-strategy': { view: 'portals', where: having('default_application_auth_strategy_id') },
  'strategies-with-dcr-provider': { view: 'strategies', where: having('dcr_provider_id') },
  'clients-of-dcr-provider': { view: 'clients', where: having('dcr_provider_id') },
  'developers-of-portal': { view: 'developers', where: having('portal_id') },
  'registrable-versions-of-portal': {
    view: 'publications',
    where: (id) => [
      equals('portal_id', id),
      equals('publish_status', 'published'),
      equals('application_registration_enabled', true),
      equals('listed', true),
    ],
  },
};

export interface QuestionsOptions {
  readonly reads: Pick<Reads, 'count'>;
  readonly waitFor: Reads['waitFor'];
  /** Position of the log's newest event. */
  readonly head: () => Promise<bigint>;
  /** How long a view may take to catch up, in ms; default 5 s. */
  readonly timeoutMs?: number;
}

/**
 * Answers the questions of deciders from views that have reached the log's head as it was when the question was put; the
 * answer names that position.
 * @throws StoreUnavailable if the view cannot be brought up to date in time
 */
export function createQuestions({ reads, waitFor, head, timeoutMs = 5_000 }: QuestionsOptions) {
  return {
    async answer(question: Question, id: string): Promise<{ value: number; position: bigint }> {
      const { view, where } = COUNTS[question];
      const position = await head();
      if (!(await waitFor(position, timeoutMs, [view]))) {
        throw new StoreUnavailable(`The view ${view} is behind the log, and a rule needs it: try again later`);
      }
      return { value: await reads.count(view, where(id)), position };
    },
  };
}
