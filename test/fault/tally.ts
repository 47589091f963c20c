/** What the cycles add up to. */
export interface Tally {
  cycles: number;
  kills: number;
  killsAtStart: number;
  sent: number;
  accepted: number;
  refused: number;
  inFlight: number;
  carriedOut: number;
  repeated: number;
  events: number;
  documents: number;
  mails: number;
  lost: number;
  foreign: number;
  otherwise: number;
}

export const newTally = (): Tally => ({
  ...{ cycles: 0, kills: 0, killsAtStart: 0, sent: 0, accepted: 0, refused: 0, inFlight: 0, carriedOut: 0 },
  ...{ repeated: 0, events: 0, documents: 0, mails: 0, lost: 0, foreign: 0, otherwise: 0 },
});

const WORDS: Readonly<Record<keyof Tally, string>> = {
  cycles: 'cycles of load, SIGKILL, restart and check',
  kills: 'SIGKILLs under load',
  killsAtStart: 'SIGKILLs while starting',
  sent: 'operations sent',
  accepted: '  acknowledged, with events',
  refused: '  refused, or nothing to change',
  inFlight: '  in flight at a kill',
  carriedOut: '    of these found carried out',
  repeated: 'answers asked for again with their Idempotency-Key, and the same',
  events: 'events in the log at the end',
  documents: 'documents in the views at the end, equal to a rebuild',
  mails: 'mails in the outbox',
  lost: 'acknowledged, and not in the log exactly once',
  foreign: 'in the log, and neither acknowledged nor in flight (doubled ones among them)',
  otherwise: 'other violations: answers, claims, views, revisions, mails, cascades',
};

/** The table at the end; the last three rows must be zero. */
export function table(title: string, tally: Tally): string {
  const rows = (Object.keys(WORDS) as (keyof Tally)[]).map((name) => {
    const count = tally[name].toLocaleString('en').padStart(9);
    return `| ${WORDS[name].padEnd(78)} | ${count} |`;
  });
  return [
    `| ${`fault harness, ${title}`.padEnd(78)} | ${'count'.padStart(9)} |`,
    `|${'-'.repeat(80)}|${'-'.repeat(10)}:|`,
    ...rows,
  ].join('\n');
}
