/** What /metrics says about time: sums of seconds by label. */
export type Seconds = ReadonlyMap<string, number>;

const PATTERN = /^gatehouse_(command_stage|http_request_duration)_seconds_(sum|count)\{(.*)\} (\S+)$/gm;

/** Seconds in each stage of commands, and in whole answers of command operations (`http`), so far. */
export function stageSeconds(metrics: string): Seconds {
  const seconds = new Map<string, number>();
  for (const [, what, kind, labels, value] of metrics.matchAll(PATTERN)) {
    if (kind !== 'sum') continue;
    const stage = what === 'command_stage' ? /stage="(\w+)"/.exec(labels!)?.[1] : 'http';
    if (stage === undefined || (stage === 'http' && !/operation="send[A-Z]/.test(labels!))) continue;
    seconds.set(stage, (seconds.get(stage) ?? 0) + Number(value));
  }
  return seconds;
}

/** Where the time of commands went between two readings, in shares of the time to answer. */
export function stageShares(before: Seconds, after: Seconds): string {
  const spent = (stage: string) => (after.get(stage) ?? 0) - (before.get(stage) ?? 0);
  const whole = spent('http');
  const stages = ['wait', 'read', 'decide', 'encode', 'append'].map((stage) => [stage, spent(stage)] as const);
  const rest = whole - stages.reduce((sum, [, seconds]) => sum + seconds, 0);
  const share = ([stage, seconds]: readonly [string, number]) => `${stage} ${((seconds / whole) * 100).toFixed(0)} %`;
  return [...stages, ['HTTP, receipts and waiting for the event loop', rest] as const].map(share).join(', ');
}
