import { Controller, Inject, type OnModuleDestroy } from '@nestjs/common';
import { EVENTS } from '#domain/registry.js';
import type { StoredEvent } from '#event-store/port.js';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, type Context } from '../http/context.js';
import { limitParameter, nextLink, readInteger } from '../http/cursors.js';
import { Operation, ref } from '../http/operation.js';
import { formatPosition, parsePosition } from '../http/position.js';
import { invalid, Problem } from '../http/problem.js';
import { SERVICES, type Services } from '../services.js';
import { toCloudEvent } from './cloud-event.js';
import { readFeed, waitForFeed, type FeedPage, type FeedQuery } from './feed.js';

const MOST = 1_000;
const STANDARD = 100;
const LONGEST_WAIT_SECONDS = 60;
/** More than the longest wait: the server ends connections on which nothing happens. */
const SOCKET_PATIENCE_MS = 90_000;
const STREAM = /^(developer|application|product|portal|authStrategy|team|dcrProvider|serviceToken)-[\w-]{1,64}$/;

/** The event log for everybody downstream: from the beginning or from any point, missing nothing. */
@Controller()
export class FeedController implements OnModuleDestroy {
  /** Those who wait; undefined once the server stops. */
  private waiting?: Set<AbortController> = new Set();

  constructor(@Inject(SERVICES) private readonly services: Services) {}

  /** Whoever waits is answered before the server stops. */
  onModuleDestroy(): void {
    const waiting = this.waiting ?? [];
    delete this.waiting;
    for (const one of waiting) one.abort();
  }

  @Operation({
    id: 'readEvents',
    method: 'GET',
    path: '/events',
    tag: 'Feed',
    summary: 'Every event in log order as a batch of CloudEvents, from the beginning or from any position.',
    description:
      'Go on with after=<Gatehouse-Next>; an empty batch means that there is nothing more yet. Deliveries repeat only if ' +
      'you ask twice: keep the cursor with what you made of the events. No secrets and no personal data: such fields are ' +
      'left out and named in the attribute redacted.',
    access: { role: 'analytics' },
    query: {
      after: { description: 'A position, exclusive; absent: from the beginning.', schema: { type: 'string' } },
      limit: limitParameter(MOST, STANDARD),
      type: { description: 'Event types, comma-separated.', schema: { type: 'string' } },
      subject: { description: 'A stream, such as application-<id>.', schema: { type: 'string' } },
      wait: {
        description: `Seconds to wait for an event if there is none yet, up to ${LONGEST_WAIT_SECONDS} (default 0).`,
        schema: { type: 'integer', minimum: 0, maximum: LONGEST_WAIT_SECONDS },
      },
    },
    responses: {
      200: {
        description: 'The next events, possibly none.',
        schema: { type: 'array', items: ref('CloudEvent') },
        contentType: 'application/cloudevents-batch+json',
        headers: {
          'Gatehouse-Next': 'The cursor to go on with.',
          'Gatehouse-Head': 'The newest position of the log.',
          Link: 'The same list from the cursor on (rel="next").',
        },
      },
    },
    errors: [400, 401, 403, 409, 503],
  })
  async read(@Ctx() context: Context): Promise<Answer> {
    const { store } = this.services;
    const { query } = context;
    const asked = { ...readFilter(query), ...readRange(query, store.logId) };
    const wait = readInteger(query, 'wait', { least: 0, most: LONGEST_WAIT_SECONDS, standard: 0 });
    const head = await store.head();
    if (asked.after > head) {
      throw new Problem(
        409,
        'position_ahead',
        `after is ahead of the log, which ends at ${formatPosition(store.logId, head)}: it was restored to an earlier state. Start from its beginning.`,
      );
    }
    if (query['after'] !== undefined) await this.checkCursor(query['after'], asked.after);
    const page = wait > 0 && this.waiting ? await this.wait(context, asked, wait * 1000) : await readFeed(store, asked);
    return this.answer(query, page);
  }

  /** A cursor names the event it stands at: another event there means that the log was restored to an earlier state. */
  private async checkCursor(cursor: string, position: bigint): Promise<void> {
    const mark = cursor.split('.')[2];
    if (mark === undefined) return;
    const event = await this.services.store.readAt(position);
    if (event && markOf(event) === mark) return;
    throw new Problem(
      409,
      'another_history',
      'after stands at an event that this log does not have: it was restored to an earlier state. Start from its beginning.',
    );
  }

  /** Until there is an event, the time is over, the caller has left or the server stops. */
  private async wait(context: Context, query: FeedQuery, milliseconds: number): Promise<FeedPage> {
    const over = new AbortController();
    const end = (): void => over.abort();
    context.request.raw.socket.setTimeout(SOCKET_PATIENCE_MS);
    context.reply.raw.once('close', end);
    const timer = setTimeout(end, milliseconds);
    this.waiting?.add(over);
    try {
      return await waitForFeed(this.services.store, query, over.signal);
    } finally {
      this.waiting?.delete(over);
      clearTimeout(timer);
      context.reply.raw.off('close', end);
    }
  }

  private async answer(query: Readonly<Record<string, string>>, { events, next, head }: FeedPage): Promise<Answer> {
    const { store } = this.services;
    const { logId } = store;
    const last = events.at(-1)?.position === next ? events.at(-1) : await store.readAt(next);
    const cursor = formatPosition(logId, next) + (last ? `.${markOf(last)}` : '');
    const body = JSON.stringify(events.map((event) => toCloudEvent(event, logId)));
    return new Answer(body, {
      headers: {
        'content-type': 'application/cloudevents-batch+json; charset=utf-8',
        'gatehouse-next': cursor,
        'gatehouse-head': formatPosition(logId, head),
        link: nextLink('/events', query, cursor),
      },
    });
  }
}

/** The end of an event's id: random, so that no other event at the same position has it. */
const markOf = (event: StoredEvent): string => event.id.slice(-12);

const readRange = (query: Readonly<Record<string, string>>, logId: string) => ({
  after:
    query['after'] === undefined ? 0n : parsePosition(query['after'].replace(/\.[0-9a-f]{12}$/, ''), logId, 'after'),
  limit: readInteger(query, 'limit', { least: 1, most: MOST, standard: STANDARD }),
});

/** @throws Problem 400 naming the parameter */
function readFilter({ type, subject }: Readonly<Record<string, string>>): Pick<FeedQuery, 'types' | 'subject'> {
  const types = type?.split(',').map((one) => one.trim());
  if (types && !types.every((one) => EVENTS.has(one))) {
    const choices = [...EVENTS.keys()];
    throw invalid({ field: 'type', reason: 'must name event types of the catalogue', rule: 'enum', choices, source: 'query' }); // prettier-ignore
  }
  if (subject !== undefined && !STREAM.test(subject))
    throw invalid({ field: 'subject', reason: 'must be a stream: <aggregate>-<id>', rule: 'invalid', source: 'query' });
  return { ...(types ? { types } : {}), ...(subject === undefined ? {} : { subject }) };
}
