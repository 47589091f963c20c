import type { AggregateName, Decide, Facts, Reference } from './decider.js';

/** Who may send a command. `owner`: the developer that it concerns, through the portal API. */
export type Permission = 'anonymous' | 'owner' | 'admin' | 'approver' | 'integration' | 'system';

export type CommandClass<C extends object = object> = new () => C;

export interface CommandEntry {
  readonly command: CommandClass;
  /** One sentence for the catalogue. */
  readonly does: string;
  readonly aggregate: AggregateName;
  /** new: the stream must be in its initial state, its id is made. existing: the command names it in `id`. */
  readonly expects: 'new' | 'existing';
  /** The field of the command that holds the stream's id (`existing`). */
  readonly id?: string;
  readonly permission: readonly Permission[];
  /**
   * What the decision reads besides its own stream. Called again with the facts found so far until it asks for nothing
   * new, so that a read may depend on another. Pure.
   */
  readonly reads?: (command: never, state: never, facts: Facts) => Readonly<Record<string, Reference | undefined>>;
  /** Fields with secrets, as dotted paths: kept in the vault before the decision, which sees where each is kept. */
  readonly secrets?: readonly string[];
  readonly decide: Decide<never, never>;
  /** retry: commutative, decided afresh on a concurrent change. refuse: the sender is told of the change. */
  readonly onConflict: 'retry' | 'refuse';
  /** Event types it may cause, for the catalogue; a test asserts that it causes no other. */
  readonly causes: readonly string[];
  /** Sent as actor system to the holder's stream when the named claim is taken: sign-up with a known address. */
  readonly whenTaken?: { readonly refusal: string; readonly send: string; readonly idField: string };
}

/** Keeps the command's and the state's types together where the entry is written, and forgets them in the table. */
export function entry<C extends object, S>(e: {
  command: CommandClass<C>;
  does: string;
  aggregate: AggregateName;
  expects: 'new' | 'existing';
  id?: keyof C & string;
  permission: CommandEntry['permission'];
  reads?: (command: C, state: S, facts: Facts) => Record<string, Reference | undefined>;
  secrets?: readonly string[];
  decide: Decide<C, S>;
  onConflict?: 'retry' | 'refuse';
  causes: readonly string[];
  whenTaken?: CommandEntry['whenTaken'];
}): CommandEntry {
  return { onConflict: 'refuse', ...e } as CommandEntry;
}
