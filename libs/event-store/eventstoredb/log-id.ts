import { randomUUID } from 'node:crypto';
import type { Streams } from './streams.js';

const STREAM = 'gatehouse-log';

/** The log's own id: made once by whoever comes first, and read by everybody else. */
export async function logIdOn(streams: Streams): Promise<string> {
  for (;;) {
    const [first] = await streams.readStream(STREAM, { limit: 1 });
    if (first) return (first.data as { log_id: string }).log_id;
    const created = {
      id: randomUUID(),
      type: 'gatehouse.log-created.v1',
      data: { log_id: randomUUID() },
      metadata: {},
    };
    await streams.append(STREAM, -1, [created]);
  }
}
