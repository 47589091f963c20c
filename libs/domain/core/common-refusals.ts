import type { RefusalDefinition } from './refusal.js';

/** Refusals that the command handler itself gives, whatever the command. */
export const commonRefusals = {
  not_permitted: { kind: 'not-found', detail: 'Nothing here that you may use.' },
  revision_changed: {
    kind: 'precondition',
    detail:
      'It was changed meanwhile: the present revision is {revision}, not {expected}. Read it again and decide afresh.',
  },
  concurrent_change: {
    kind: 'conflict',
    detail: 'Somebody else changed it at the same moment. Read it again and decide afresh.',
  },
} as const satisfies Record<string, RefusalDefinition>;
