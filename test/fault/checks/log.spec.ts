import type { StoredEvent } from '#event-store/port.js';
import type { Operation } from '../history.js';
import type { Answer } from '../send.js';
import { checkLog } from './log.js';

const LOG = 'log-a';

/** An event of a command on a stream, at a position. */
const event = (position: number, command_id: string, metadata: Record<string, string> = {}): StoredEvent => ({
  id: `${command_id}-event-${position}`,
  position: BigInt(position),
  stream: 'application-a',
  revision: position - 1,
  type: 'application.edited.v1',
  data: {},
  metadata: { command: 'EditApplication', command_id, actor_kind: 'admin', actor_id: 'admin', ...metadata },
});

const operation = (answer?: Partial<Answer>): Operation => ({
  ...{ number: 1, command: 'EditApplication', key: 'key' },
  request: { method: 'POST', path: '/commands/EditApplication' },
  ...(answer && {
    answer: { status: 200, body: '', etag: null, position: null, replayed: false, retryAfter: null, ...answer },
  }),
});

/** The answer of the command surface to a command with these events. */
const accepted = (...events: StoredEvent[]): Operation => {
  const last = events.at(-1)!;
  const position = `${LOG}.${last.position}`;
  const body = {
    command_id: last.metadata['command_id'],
    ...{ position, stream: last.stream, revision: last.revision },
    events: events.map(({ id, type }) => ({ id, type })),
  };
  return operation({ position, body: JSON.stringify(body) });
};

describe('the comparison of the log with what clients were told', () => {
  const [one, two, three] = [event(1, 'first'), event(2, 'first'), event(3, 'second')];

  it('finds nothing wrong where each answer has its events', () => {
    expect(checkLog([one, two, three], 0n, [accepted(one, two), accepted(three), operation({ status: 409 })])).toEqual({
      ...{ kept: 2, lost: [], foreign: [], inFlight: 0, ofService: 0 },
    });
  });

  it.each([
    ['all of its events', [three]],
    ['one of its events', [one, three]],
    ['its place', [event(2, 'first'), event(3, 'first')]],
  ])('misses an accepted command that lost %s', (_what, events) => {
    expect(checkLog(events, 0n, [accepted(one, two), accepted(three)]).lost.length).toBeGreaterThan(0);
  });

  it('finds what was done twice, and what nobody asked for', () => {
    const { lost, foreign } = checkLog([one, two, three], 0n, [accepted(one, two)]);
    expect([lost, foreign.length]).toEqual([[], 1]);
    expect(checkLog([three], 2n, [operation({ status: 409 })]).foreign).toHaveLength(1);
    expect(checkLog([one, two], 0n, [accepted(one, two), accepted(one, two)]).foreign).toHaveLength(1);
  });

  it('lets an unanswered operation explain one command, and no more', () => {
    expect(checkLog([one, two], 0n, [operation()])).toMatchObject({ foreign: [], inFlight: 1 });
    const { foreign, inFlight } = checkLog([one, two, three], 0n, [operation()]);
    expect([foreign.length, inFlight]).toEqual([1, 1]);
  });

  it('wants a cause of what the service did by itself', () => {
    const system = { actor_kind: 'system', actor_id: 'cascades' };
    const caused = event(3, 'second', { ...system, causation_id: one.id });
    expect(checkLog([one, two, caused], 2n, [])).toMatchObject({ foreign: [], ofService: 1 });
    const uncaused = event(3, 'second', { ...system, causation_id: 'nothing' });
    expect(checkLog([one, two, uncaused], 2n, []).foreign).toHaveLength(1);
  });
});
