import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem, toProblem } from './problem.filter.js';
import { invalid, Problem } from './problem.js';
import { API_POLICY, securityHeaders } from './security-headers.js';

/** For paths that the router cannot read: they meet no hook, guard or filter. */
export function answerUnreadablePath(
  error: Error & { readonly statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  securityHeaders(request, reply, () => undefined);
  const unreadable = invalid({
    field: 'path',
    reason: 'must be percent-encoded UTF-8',
    rule: 'invalid',
    source: 'path',
  });
  sendProblem(error.statusCode === 400 ? unreadable : toProblem(error, request), request, reply);
}

const WORDS: Readonly<Record<string, readonly [status: number, title: string, code: string, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'too_slow', 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'headers_too_large', 'The headers are too large.'],
};
const NO_REQUEST = [400, 'Bad Request', 'bad_request', 'This is not a request of HTTP/1.1.'] as const;

/** For what never became a request: too slow, too large, or no HTTP at all. Answers on the bare connection and closes it. */
export function answerUnreadableRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) return void socket.destroy();
  const [status, title, code, detail] = WORDS[error.code ?? ''] ?? NO_REQUEST;
  const body = JSON.stringify(new Problem(status, code, detail, { title }).body(randomUUID()));
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Content-Security-Policy: ${API_POLICY}`,
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
