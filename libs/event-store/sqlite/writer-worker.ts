/** The thread that writes the event log. Started by writer-thread.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { openSecondWriter } from './log-file.js';
import type { FromWriter, ToWriter } from './writer-thread.js';
import { prepareWrites } from './writes.js';

/** Works between two checkpoints: some 16 MB of write-ahead log. */
const WORKS_PER_CHECKPOINT = 2_000;

const { file } = workerData as { file: string };
const port = parentPort!;
const tell = (message: FromWriter): void => port.postMessage(message);
const db = openSecondWriter(file);
const commit = prepareWrites(db);
let works = 0;

port.on('message', (message: ToWriter) => {
  if (message === 'close') {
    db.close();
    port.close();
    return;
  }
  works += message.works.length;
  const resting = works >= WORKS_PER_CHECKPOINT;
  try {
    tell({ done: commit(message), resting });
  } catch (error) {
    tell({ error: (error as Error).message, resting });
  }
  if (resting) checkpoint();
});

/** One that fails has lost nothing, and is tried again as late as one that succeeds. */
function checkpoint(): void {
  works = 0;
  try {
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } finally {
    tell('rested');
  }
}
