/**
 * An expected "no". Deciders return it as a value; the edge of each surface turns it into problem details.
 * `kind` says what sort of no it is, never which HTTP status: that is the surface's business.
 */
export type RefusalKind =
  | 'invalid' // the command itself cannot be right, whatever the state
  | 'not-found' // what it speaks of does not exist (or not for this caller)
  | 'conflict' // not possible in the present state
  | 'limit' // a stated limit is reached
  | 'gone' // it existed and its time is over (an expired or used link)
  | 'precondition'; // the caller's expected revision is not the present one

export interface RefusalDefinition {
  readonly kind: RefusalKind;
  /** A sentence with {placeholders} filled from `params`; says what to do where there is something to do. */
  readonly detail: string;
  /** The command field at fault, if one is. */
  readonly field?: string;
}

export interface Refusal {
  readonly refusal: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** What would be possible instead: command names. */
  readonly possible?: readonly string[];
  /** The stream that holds a claimed value, when a claim was the reason. Never shown to a caller. */
  readonly owner?: string;
}

/** A refusal by its code; the codes and their texts are in each aggregate's refusals.ts. */
export function refuse(
  code: string,
  params: Record<string, string | number> = {},
  possible?: readonly string[],
): Refusal {
  return possible ? { refusal: code, params, possible } : { refusal: code, params };
}

export function isRefusal(value: object): value is Refusal {
  return 'refusal' in value;
}

/** The refusal's text with its placeholders filled in. */
export function refusalDetail(definition: RefusalDefinition, refusal: Refusal): string {
  return definition.detail.replace(/\{(\w+)\}/g, (_, name: string) => String(refusal.params[name] ?? ''));
}
