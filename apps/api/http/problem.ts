import { refusalDetail, type Refusal, type RefusalKind } from '#domain/core/refusal.js';
import { refusalDefinition } from '#domain/registry.js';

/** One field at fault, in the form that Kong's clients show (rule vocabulary of their specification). */
export interface InvalidParameter {
  readonly field: string;
  readonly reason: string;
  readonly rule?: string;
  readonly source?: 'body' | 'query' | 'path' | 'header';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly unknown[];
}

/** Titles are stable phrases per status; `code` and `detail` say what happened. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

export interface ProblemOptions {
  readonly title?: string;
  readonly invalid?: readonly InvalidParameter[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Extra members (RFC 9457 section 3.2). */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** An answer that is a problem (RFC 9457). Thrown by guards and controllers, written by the exception filter. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    /** Stable, snake_case; the last part of `type`. */
    readonly code: string,
    readonly detail: string,
    readonly options: ProblemOptions = {},
  ) {
    super(detail);
  }

  /** The body; `instance` names the request, for the log. `message` repeats the detail: Kong's portal shows it in toasts. */
  body(requestId: string): Record<string, unknown> {
    return {
      type: `urn:gatehouse:problem:${this.code}`,
      status: this.status,
      title: this.options.title ?? TITLES[this.status] ?? 'Error',
      detail: this.detail,
      message: this.detail,
      code: this.code,
      instance: `gatehouse:trace:${requestId}`,
      ...(this.options.invalid ? { invalid_parameters: this.options.invalid } : {}),
      ...this.options.extra,
    };
  }
}

/** So that no answer is many times as large as its request. */
const MAX_FAULTS = 20;

/** 400 with the fields at fault; of many, the first ones and how many more there are. */
export function invalid(...parameters: InvalidParameter[]): Problem {
  const named = parameters.slice(0, MAX_FAULTS);
  const more = parameters.length - named.length;
  const words = named.map((p) => `${p.field} ${p.reason}`);
  const detail = [...words, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
  return new Problem(400, 'invalid_parameters', detail, { invalid: named });
}

export const notFound = (what = 'It'): Problem => new Problem(404, 'not_found', `${what} does not exist.`);

const STATUS_BY_KIND: Readonly<Record<RefusalKind, number>> = {
  invalid: 400,
  'not-found': 404,
  conflict: 409,
  limit: 409,
  gone: 410,
  precondition: 412,
};

/**
 * A refusal as a problem. On the portal API only statuses that the operation declares may be used: a conflict becomes
 * 400 with invalid_parameters where no 409 is declared, and never 403 (the portal's UI would leave the page).
 */
export function refusalProblem(refusal: Refusal, declared?: readonly number[]): Problem {
  const definition = refusalDefinition(refusal.refusal);
  const detail = refusalDetail(definition, refusal);
  const wanted = STATUS_BY_KIND[definition.kind];
  const status =
    !declared || wanted === 412 || declared.includes(wanted)
      ? wanted
      : declared.includes(404) && wanted === 410
        ? 404
        : 400;
  const field = definition.field;
  return new Problem(status, refusal.refusal, detail, {
    ...(status === 400
      ? { invalid: [{ field: field ?? 'request', reason: detail, rule: 'invalid', source: 'body' }] }
      : {}),
    extra: {
      ...(field && status !== 400 ? { field } : {}),
      ...(refusal.possible ? { possible: refusal.possible } : {}),
    },
  });
}
