import type { Superset, Undeclared } from './published-spec.js';

/**
 * Where answers hold more than the document of the published client allows. The specification that Kong publishes today has
 * these fields in the same answers, so that its users get them; the client ignores what it does not know.
 */
export const SUPERSETS: readonly Superset[] = [
  {
    schema: '#/components/schemas/CredentialCreationResponse',
    fields: ['type', 'status', 'expires_at', 'created_at'],
    reason: 'An API key of today says what it is, whether it is good, and until when.',
  },
  {
    schema: '#/components/schemas/ListCredentialsResponse/properties/data/items',
    fields: ['type', 'status', 'expires_at', 'created_at'],
    reason: 'As above.',
  },
];

/** Answers that the document forgets. */
export const UNDECLARED: readonly Undeclared[] = [
  { operation: 'list-credentials', status: 401, reason: 'It needs a session like its neighbours, which declare this.' },
  {
    operation: 'get-product-document',
    status: 200,
    contentType: 'text/markdown',
    reason: 'The Accept header may ask for it, but no response is declared for it.',
  },
  {
    operation: 'update-credential',
    status: 200,
    contentType: 'application/json',
    reason: 'The document leaves open what the answer holds; it is the credential.',
  },
];
