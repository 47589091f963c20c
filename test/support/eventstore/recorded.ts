/** An event as an EventStoreDB server keeps it. */
export interface Recorded extends Proposed {
  /** Commit position, which equals the prepare position: a byte offset, so with gaps. */
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  /** Server clock in ticks of 100 ns since 1970. */
  readonly created: bigint;
}

export interface Proposed {
  /** Lower-case UUID. */
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export type Expected = bigint | 'any' | 'no_stream' | 'stream_exists';

export type Committed =
  /** Without a position: all of it was known and has been deleted since, so nothing was stored. */
  | { readonly kind: 'stored'; readonly revision: bigint; readonly position?: bigint }
  | { readonly kind: 'wrong-version'; readonly actual: bigint | undefined }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'bad-request' };

export const MAX_APPEND_SIZE = 1_048_576;

/** What was written at once, and is there whole or not at all after a crash. */
export interface Transaction {
  readonly events: readonly Recorded[];
  /** A stream that is deleted for ever. */
  readonly tombstone?: string;
}

interface Line {
  readonly events: readonly (readonly string[])[];
  readonly tombstone?: string;
}

/** One line of the journal. */
export function toLine({ events, tombstone }: Transaction): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const line: Line = {
    events: events.map((e) => [
      String(e.position),
      e.stream,
      String(e.revision),
      String(e.created),
      e.id,
      e.type,
      e.contentType,
      base64(e.data),
      base64(e.metadata),
    ]),
    ...(tombstone === undefined ? {} : { tombstone }),
  };
  return `${JSON.stringify(line)}\n`;
}

export function fromLine(text: string): Transaction {
  const { events, ...rest } = JSON.parse(text) as Line;
  return {
    ...rest,
    events: events.map(([position, stream, revision, created, id, type, contentType, data, metadata]) => ({
      position: BigInt(position!),
      stream: stream!,
      revision: BigInt(revision!),
      created: BigInt(created!),
      id: id!,
      type: type!,
      contentType: contentType!,
      data: Buffer.from(data!, 'base64'),
      metadata: Buffer.from(metadata!, 'base64'),
    })),
  };
}
