import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplicationState } from '#domain/application/state.js';
import type { StoredEvent } from '#event-store/port.js';
import { entitiesOf } from '../entities.js';
import { groupBy } from '../group-by.js';

export interface MailsCheck {
  readonly mails: number;
  readonly violations: readonly string[];
}

const DEVELOPER_DECISIONS: Readonly<Record<string, string>> = {
  'developer.approved.v1': 'approved',
  'developer.rejected.v1': 'rejected',
  'developer.revoked.v1': 'revoked',
};

const ACCESS_DECISIONS: Readonly<Record<string, string>> = {
  'application.access-approved.v1': 'approved',
  'application.access-rejected.v1': 'rejected',
  'application.access-revoked.v1': 'revoked',
};

/**
 * Every decision that stands was mailed, under one Message-ID that is its event's and no other's. Decisions that were
 * overtaken need no mail; one that went out before is no fault.
 */
export function checkMails(outbox: string, events: readonly StoredEvent[], baseline: bigint): MailsCheck {
  const files = readdirSync(outbox).filter((name) => name.endsWith('.eml'));
  const mails = files.map((name) => messageId(readFileSync(join(outbox, name), 'utf8')));
  const known = new Map(events.map((event) => [event.id, event]));
  const sent = groupBy(mails, (id) => id);
  const due = standing(events).filter(({ position }) => position > baseline);
  return {
    mails: mails.length,
    violations: [
      ...[...sent].filter(([id, copies]) => copies.length > 1 || !known.has(id)).map(([id]) => `a mail ${id} is odd`),
      ...due.filter(({ id }) => !sent.has(id)).map(({ id, type, stream }) => `no mail for ${type} ${id} of ${stream}`),
    ],
  };
}

/** The event's id: what stands before the @. */
function messageId(mail: string): string {
  const ids = [...mail.matchAll(/^message-id: <([^@>]+)@[^>]+>\r?$/gim)].map(([, id]) => id!);
  if (ids.length !== 1) throw new Error(`a mail in the outbox has ${ids.length} Message-IDs`);
  return ids[0]!;
}

/** The last decision on each developer and on each registration that is still there, and its owner with it. */
function standing(events: readonly StoredEvent[]): readonly StoredEvent[] {
  const { applications, developers } = entitiesOf(events);
  const people = new Map(developers.filter(({ state }) => state.exists).map(({ stream, state }) => [stream, state]));
  const registrations = new Map<string, string>();
  for (const { state } of applications) {
    if (state.exists && people.has(`developer-${state.developer_id}`)) remember(registrations, state);
  }
  const last = new Map<string, StoredEvent>();
  for (const event of events) {
    const registration = event.data['registration_id'] as string | undefined;
    const decided = DEVELOPER_DECISIONS[event.type];
    if (decided !== undefined && people.get(event.stream)?.status === decided) last.set(event.stream, event);
    const access = ACCESS_DECISIONS[event.type];
    if (access !== undefined && registrations.get(registration ?? '') === access) last.set(registration!, event);
  }
  return [...last.values()];
}

function remember(statuses: Map<string, string>, { registrations }: ApplicationState): void {
  for (const { id, status } of registrations) statuses.set(id, status);
}
