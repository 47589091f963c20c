/** Entry of the worker thread: one message in, one answer out. */
import { parentPort } from 'node:worker_threads';
import { perform, type Job } from './jobs.js';

parentPort!.on('message', (job: Job) => parentPort!.postMessage(perform(job)));
