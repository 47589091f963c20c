/** What can be wrong with a document or specification. Published: callers may rely on the codes. */
export type ProblemCode =
  | 'not_base64'
  | 'not_utf8'
  | 'has_nul'
  | 'too_large'
  | 'not_json_or_yaml'
  | 'duplicate_key'
  | 'too_deep'
  | 'too_many_aliases'
  | 'not_openapi'
  | 'unsupported_version'
  | 'unresolved_ref'
  | 'cyclic_ref'
  | 'timed_out';

export interface Problem {
  readonly code: ProblemCode;
  /** A sentence that says what is wrong and what to do. Never quotes the content. */
  readonly message: string;
  /** The field of the request at fault. */
  readonly field?: string;
  /** Line in the text, from 1. */
  readonly line?: number;
  /** JSON Pointer (RFC 6901) to the place in the specification. */
  readonly pointer?: string;
}

export interface Refused {
  readonly ok: false;
  readonly problem: Problem;
}

export type Result<T extends object> = ({ readonly ok: true } & T) | Refused;

export function refused(code: ProblemCode, message: string, where: Omit<Problem, 'code' | 'message'> = {}): Refused {
  return { ok: false, problem: { code, message, ...where } };
}
