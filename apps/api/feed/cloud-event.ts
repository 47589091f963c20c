import { EVENTS } from '#domain/registry.js';
import type { StoredEvent } from '#event-store/port.js';

/** CloudEvents 1.0 with the extensions sequence, recordedtime, and of the auth context; values are texts. */
export type CloudEvent = Readonly<Record<string, unknown>>;

/** The auth context extension's words for who acted. */
const AUTH_TYPES: Readonly<Record<string, string>> = {
  developer: 'app_user',
  admin: 'user',
  approver: 'user',
  integration: 'service_account',
  system: 'system',
  anonymous: 'unauthenticated',
};

/** `sequence` is compared as a text. */
const SEQUENCE_DIGITS = 20;

/**
 * A stored event for readers outside: only fields that are classified as public. What was left out is named in `redacted`,
 * so that a reader can tell an absent field from one it may not see. Developers appear by their ids alone.
 */
export function toCloudEvent(event: StoredEvent, logId: string): CloudEvent {
  const { metadata } = event;
  const classes = (EVENTS.get(event.type)?.fields ?? {}) as Readonly<Record<string, string>>;
  const fields = Object.entries(event.data);
  const kept = fields.filter(([name]) => classes[name] === 'public');
  const redacted = fields.filter(([name, value]) => classes[name] !== 'public' && value !== null);
  const time = metadata['recorded_at'];
  return withoutUndefined({
    specversion: '1.0',
    id: event.id,
    source: `/gatehouse/${logId}`,
    type: event.type,
    subject: event.stream,
    time,
    datacontenttype: 'application/json',
    sequence: event.position.toString().padStart(SEQUENCE_DIGITS, '0'),
    revision: event.revision,
    recordedtime: time,
    authtype: AUTH_TYPES[metadata['actor_kind'] ?? ''] ?? 'unknown',
    authid: metadata['actor_id'],
    decidedby: metadata['by'],
    portalid: metadata['portal'],
    command: metadata['command'],
    commandid: metadata['command_id'],
    correlationid: metadata['correlation_id'],
    causationid: metadata['causation_id'],
    redacted: redacted.length > 0 ? redacted.map(([name]) => name).join(',') : undefined,
    data: Object.fromEntries(kept),
  });
}

const withoutUndefined = (all: Readonly<Record<string, unknown>>): CloudEvent =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
