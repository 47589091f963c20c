import { fromBase64url, utf8 } from './aead.js';

/**
 * A sealed personal field is one self-contained string, so that a view may copy it anywhere:
 *
 *     sealed:v1:<base64url of: header, nonce (12), ciphertext, tag (16)>
 *     header: flags (1), developer id, event id, field
 *
 * An id that is a UUID takes 16 bytes, and its flag is set; any other id and the field are a length byte and UTF-8.
 * The header is authenticated with the ciphertext: a sealed string cannot pass for another field, event or person.
 */
const PREFIX = 'sealed:v1:';
const DEVELOPER_IS_UUID = 1;
const EVENT_IS_UUID = 2;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface Place {
  readonly developerId: string;
  readonly eventId: string;
  readonly field: string;
}

export interface Envelope extends Place {
  /** What the box is authenticated with. */
  readonly context: Buffer;
  /** Nonce, ciphertext, tag. */
  readonly box: Buffer;
}

export const isSealed = (value: unknown): value is string => typeof value === 'string' && value.startsWith(PREFIX);

export function header({ developerId, eventId, field }: Place): Buffer {
  const flags = (UUID.test(developerId) ? DEVELOPER_IS_UUID : 0) | (UUID.test(eventId) ? EVENT_IS_UUID : 0);
  return Buffer.concat([Buffer.from([flags]), packId(developerId), packId(eventId), packText(field)]);
}

/** What a header and a box are authenticated under: the prefix too, so that no later version can be mistaken for this one. */
export const contextOf = (head: Uint8Array): Buffer => Buffer.concat([Buffer.from(PREFIX), head]);

export const toSealed = (head: Uint8Array, box: Uint8Array): string =>
  PREFIX + Buffer.concat([head, box]).toString('base64url');

/** Takes a sealed string apart; undefined if it is none. Proves nothing: only opening the box does. */
export function parseSealed(sealed: string): Envelope | undefined {
  const bytes = isSealed(sealed) ? fromBase64url(sealed.slice(PREFIX.length)) : undefined;
  if (!bytes) return undefined;
  const flags = bytes[0] ?? 0xff;
  const developer = flags & DEVELOPER_IS_UUID ? readUuid(bytes, 1) : readText(bytes, 1);
  const event = developer && (flags & EVENT_IS_UUID ? readUuid(bytes, developer.end) : readText(bytes, developer.end));
  const field = event && readText(bytes, event.end);
  if (!field || flags > 3) return undefined;
  return {
    developerId: developer.text,
    eventId: event.text,
    field: field.text,
    context: contextOf(bytes.subarray(0, field.end)),
    box: bytes.subarray(field.end),
  };
}

interface Read {
  readonly text: string;
  readonly end: number;
}

const packId = (id: string): Buffer => (UUID.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : packText(id));

function packText(text: string): Buffer {
  const bytes = utf8(text);
  if (bytes.length > 255) throw new Error('An id or field name to be sealed with is longer than 255 bytes');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function readUuid(bytes: Buffer, start: number): Read | undefined {
  const end = start + 16;
  if (end > bytes.length) return undefined;
  const hex = bytes.toString('hex', start, end);
  return { text: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), end };
}

function readText(bytes: Buffer, start: number): Read | undefined {
  const end = start + 1 + (bytes[start] ?? bytes.length);
  return end > bytes.length ? undefined : { text: bytes.toString('utf8', start + 1, end), end };
}
