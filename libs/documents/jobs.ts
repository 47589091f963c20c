import { decodeText } from './content.js';
import { toDocumentNodes } from './to-document-nodes.js';
import { readServers } from './servers.js';
import { parseSpecification } from './specification.js';

/** What the worker is asked for; structured-clonable. */
export type Job =
  | { readonly kind: 'specification'; readonly bytes: Uint8Array; readonly name: string }
  | { readonly kind: 'document'; readonly bytes: Uint8Array }
  | { readonly kind: 'servers'; readonly bytes: Uint8Array };

/** Does one job, in whatever thread it is called. Wrong content is a value, never an exception. */
export function perform(job: Job): object {
  const decoded = decodeText(job.bytes);
  if (!decoded.ok) return decoded;
  switch (job.kind) {
    case 'document':
      return toDocumentNodes(decoded.text);
    case 'servers':
      return readServers(decoded.text);
    case 'specification':
      return parseSpecification(decoded.text, job);
  }
}
