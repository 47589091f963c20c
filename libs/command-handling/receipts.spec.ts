import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRecorded, PayloadMismatch } from './receipts.js';
import { ADMIN, testHandling } from './testing.js';
import { openSqliteEventStore } from '#event-store/sqlite/event-store.js';

const payload = createHash('sha256').update('a body with a secret').digest('hex');
const idempotency = { receipt: 'r1', payload, secret: 'callers-key' };

it('keeps a keyed hash of the payload; receipts with the plain hash of earlier versions serve as well', async () => {
  const handling = await testHandling();
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-receipts-'));
  const earlier = openSqliteEventStore({ file: join(dir, 'log.db') });
  try {
    const outcome = await handling.send('CreatePortal', { name: 'Acme' }, ADMIN, { idempotency });
    const receipt = (await handling.store.receipt('r1'))!;
    expect(receipt.payload).toMatch(/^[0-9a-f]{64}$/);
    expect(receipt.payload).not.toBe(payload);
    const [created] = await handling.store.readAll({ after: 0n, limit: 1 });
    const { id, type, data, metadata, stream } = created!;
    const before = { stream, expectedRevision: -1, events: [{ id, type, data, metadata }] };
    await earlier.append({ ...before, receipt: { ...receipt, payload } });
    for (const store of [handling.store, earlier]) {
      const found = await findRecorded(idempotency, store, handling.keyring);
      expect(outcome).toMatchObject(found!.accepted);
      const other = findRecorded({ ...idempotency, payload: '0'.repeat(64) }, store, handling.keyring);
      await expect(other).rejects.toThrow(PayloadMismatch);
    }
  } finally {
    await earlier.close();
    await handling.destroy();
    rmSync(dir, { recursive: true });
  }
});
