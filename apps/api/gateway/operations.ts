import { declareOperation, type OperationSpec, type ResponseSpec } from '../http/operation.js';

const DESCRIPTION = `Allowed only with an active key or an access token, an approved developer and an approved registration for the version. The key is
looked for where the application's auth strategy says: in a header or a query parameter with one of its key names (of the
original call: nginx hands its address on in X-Original-URI). Answers from memory; a revocation holds before its command is
answered. The answer never says why not: the log line and the metric gatehouse_gateway_checks_total do.

An access token (Authorization: Bearer, a JWT) is good if an auth strategy names its issuer, the issuer's key signed it, it has
not expired, it is for the strategy's audience_required if there is one, and one of the strategy's credential claims is the
reference id of an application that uses the strategy.

Send a token of the role gateway in the header Gatehouse-Token; none is needed while the server listens on loopback only.`;

const allowed: ResponseSpec = {
  description: 'The call may go through.',
  headers: {
    'Gatehouse-Application-Id': 'Id of the application that the key belongs to.',
    'Gatehouse-Application-Reference': 'Its reference id, percent-encoded.',
    'Gatehouse-Developer-Id': 'Id of the developer who owns it.',
    'Gatehouse-Product-Version-Id': 'The version asked about.',
    'Gatehouse-Credential-Id': 'Id of the key; absent for an access token.',
  },
};

const common = {
  method: 'GET',
  tag: 'Gateway',
  access: { role: 'gateway' },
  responses: { 200: allowed },
  errors: [400, 401, 403, 503],
  raw: true,
} as const satisfies Partial<OperationSpec>;

/** Served by routes.ts without a controller: this is asked on every call of every API. */
export const CHECK = declareOperation({
  ...common,
  id: 'checkCall',
  path: '/gateway/check',
  summary: 'May a call with this key go to this product version? For nginx auth_request. Any method.',
  description: DESCRIPTION,
  query: {
    product_version: { description: 'Id of the product version called.', schema: { type: 'string', format: 'uuid' } },
  },
});

export const CHECK_BELOW = declareOperation({
  ...common,
  id: 'checkForwardedCall',
  path: '/gateway/check/{product_version_id}',
  summary: 'The same with the version in the path, for Envoy ext_authz: any method, and anything below this path.',
  description: DESCRIPTION,
  query: 'any',
});
