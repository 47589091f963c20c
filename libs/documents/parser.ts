import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { DocumentNodes } from './document-nodes.js';
import type { Job } from './jobs.js';
import { refused, type Result } from './problem.js';
import type { ServersResult } from './servers.js';
import type { SpecificationResult } from './specification.js';
import { createWorkerQueue } from './worker-queue.js';

export type DocumentResult = Result<{ document: DocumentNodes }>;

/** Reads uploaded content, which may be hostile, within limits of time and memory. Wrong content is a result, not an error. */
export interface SpecificationParser {
  /** @param name file name; only its ending matters */
  parse(bytes: Uint8Array, name: string): Promise<SpecificationResult>;
  /** Markdown as the document nodes of the portal API; the answers for the newest documents are kept. Treat them as immutable. */
  documentNodes(bytes: Uint8Array): Promise<DocumentResult>;
  /** Where the calls that a specification describes go. */
  servers(bytes: Uint8Array): Promise<ServersResult>;
  close(): Promise<void>;
}

export interface SpecificationParserOptions {
  /** For one document. Default 20 s. */
  readonly maxMilliseconds?: number;
  /** Heap of the worker thread. Default 512 MB. */
  readonly maxOldGenerationMb?: number;
  /** Default 60 s. */
  readonly idleMilliseconds?: number;
  /** Documents that may wait for the one being read; more reject with ParserBusy. Default 32. */
  readonly maxWaiting?: number;
  /** The worker ends right after content of more than so many bytes, and gives its heap back. Default 4 MB. */
  readonly largeBytes?: number;
  /** Of Markdown whose nodes are kept. Default 4 MB. */
  readonly cachedBytes?: number;
  /** Without worker and limits: for tests that run from source. */
  readonly inProcess?: boolean;
}

const MB = 1024 * 1024;

export function createSpecificationParser(options: SpecificationParserOptions = {}): SpecificationParser {
  const { maxMilliseconds = 20_000, maxOldGenerationMb = 512, idleMilliseconds = 60_000, maxWaiting = 32 } = options;
  const { largeBytes = 4 * MB, cachedBytes = 4 * MB } = options;
  const entry = new URL('./worker.js', import.meta.url);
  const queue = createWorkerQueue<Job, object>({
    entry,
    maxMilliseconds,
    maxOldGenerationMb,
    idleMilliseconds,
    maxWaiting,
  });
  const kept = new LRUCache<string, DocumentResult>({ maxSize: cachedBytes });

  const run = async <T extends object>(job: Job): Promise<Result<T>> => {
    // loaded here only where it runs here: the parsers are large
    if (options.inProcess) return (await import('./jobs.js')).perform(job) as Result<T>;
    const bytes = Uint8Array.from(job.bytes);
    const last = bytes.length > largeBytes;
    const result = await queue.run({ ...job, bytes }, { transfer: [bytes.buffer], last });
    if (result.ran === 'done') return result.answer as Result<T>;
    return result.ran === 'timed-out'
      ? refused('timed_out', `It takes more than ${maxMilliseconds / 1000} s to read: make it smaller or simpler`)
      : refused('too_large', 'It takes too much memory to read: make it smaller or simpler');
  };

  return {
    parse: (bytes, name) => run({ kind: 'specification', bytes, name }),
    async documentNodes(bytes) {
      const key = createHash('sha256').update(bytes).digest('hex');
      const known = kept.get(key);
      if (known) return known;
      const result: DocumentResult = await run({ kind: 'document', bytes });
      // A refusal for lack of time may be the machine's fault, so only answers are kept.
      if (result.ok) kept.set(key, result, { size: bytes.length + 1 });
      return result;
    },
    servers: (bytes) => run({ kind: 'servers', bytes }),
    close: () => queue.close(),
  };
}
