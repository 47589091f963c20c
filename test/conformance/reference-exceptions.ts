import type { Undeclared } from './published-spec.js';

/** Answers that those documents do not declare. */
export const REFERENCE_UNDECLARED: readonly Undeclared[] = [
  {
    operation: 'update-credential',
    status: 200,
    contentType: 'application/json',
    reason: 'The document leaves open what the answer holds; it is the credential.',
  },
];
