import type { FastifyReply, FastifyRequest } from 'fastify';

/** For everything that is not a page of ours: nothing may be loaded or framed. */
export const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': API_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'interest-cohort=()',
};

/** Headers that every answer carries; pages of ours set a wider policy themselves. */
export function securityHeaders(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  void reply.headers(HEADERS);
  if (request.protocol === 'https')
    void reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains');
  done();
}
