/** The thread that writes the event log. Started by writer-thread.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { openSecondWriter } from './log-file.js';
import type { FromWriter, ToWriter } from './writer-thread.js';
import { prepareWrites } from './writes.js';

const { file } = workerData as { file: string };
const port = parentPort!;
const tell = (message: FromWriter): void => port.postMessage(message);
const db = openSecondWriter(file);
const commit = prepareWrites(db);

port.on('message', (message: ToWriter) => {
  if (message === 'close') {
    db.close();
    port.close();
    return;
  }
  if (message === 'checkpoint') return checkpoint();
  try {
    tell({ done: commit(message) });
  } catch (error) {
    tell({ error: (error as Error).message });
  }
});

/** One that fails has lost nothing: the next one does its work. */
function checkpoint(): void {
  try {
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } finally {
    tell('checkpointed');
  }
}
