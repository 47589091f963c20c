/**
 * Names and addresses of developers. Views hold them sealed, so that forgetting a person reaches every copy; they are opened
 * here, for the one answer. To filter or sort by them means to open those of all candidates.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { foldText } from '#read-models/fold-text.js';
import type { Condition, Doc } from '#read-models/port.js';
import { emailClaim } from '#domain/core/claims.js';
import type { DeveloperState } from '#domain/developer/state.js';
import { matches } from '../http/lists-in-memory.js';
import { Problem } from '../http/problem.js';
import type { Services } from '../services.js';

type Vaulted = Pick<Services, 'reads' | 'keyring' | 'cache'>;

export interface Person {
  readonly email: string;
  readonly full_name: string;
}

/** A developer as the view holds it, with the personal fields opened and their folded twins. */
export type OpenedDeveloper = Doc &
  Omit<DeveloperState, keyof Person> &
  Person & { readonly email_folded: string; readonly full_name_folded: string };

/** Shown in place of what was forgotten. */
export const ERASED = '[erased]';

/** So many developers of a portal are opened at most for one answer. */
export const MOST_OPENED = 10_000;
const STEP = 500;

/** Opens the personal fields of developers, fetching all keys at once. */
export async function openDevelopers<T extends object & Person>(
  keyring: Services['keyring'],
  developers: readonly T[],
): Promise<(T & Pick<OpenedDeveloper, 'email_folded' | 'full_name_folded'>)[]> {
  const texts = developers.flatMap(({ email, full_name }) => [email, full_name]);
  const opened = (await keyring.openMany(texts.filter(keyring.isSealed))).values();
  const plain = texts.map((text) => (keyring.isSealed(text) ? (opened.next().value ?? ERASED) : ERASED));
  return developers.map((developer, index) => {
    const [email, full_name] = [plain[2 * index]!, plain[2 * index + 1]!];
    const folded = { email_folded: foldText(email), full_name_folded: foldText(full_name) };
    return { ...developer, email, full_name, ...folded };
  });
}

/** Names and addresses of the developers that an answer mentions. One not there (any more) is shown as erased. */
export async function peopleOf(
  { reads, keyring, cache }: Vaulted,
  ids: readonly string[],
): Promise<(developerId: string) => Person> {
  const distinct = [...new Set(ids)];
  const docs = await reads.getMany('developers', distinct);
  const sealed = await Promise.all(
    distinct.map(async (id) => {
      const state = docs.get(id) ?? (await cache.load<DeveloperState>('developer', id)).state;
      return state as unknown as Person;
    }),
  );
  const opened = await openDevelopers(keyring, sealed);
  const people = new Map(opened.map((person, index) => [distinct[index]!, person]));
  return (id) => people.get(id) ?? { email: ERASED, full_name: ERASED };
}

const PERSONAL = /^(email|full_name)(_folded)?$/;

/** Whether a condition or an order needs personal fields in plain. */
export const isPersonal = ({ field }: { readonly field: string }): boolean => PERSONAL.test(field);

/** Exact addresses are compared by their keyed hash, as sign-up compares them: no field needs to be opened. */
export const byEmailClaim =
  (keyring: Services['keyring'], portalId: string) =>
  (condition: Condition): Condition => {
    if (condition.field !== 'email') return condition;
    const hash = (email: string) => keyring.claimHash(emailClaim(portalId, email));
    const { op, value } = condition;
    const hashes = Array.isArray(value) ? (value as readonly string[]).map(hash) : hash(String(value));
    return { field: 'email_claim', op, value: hashes };
  };

/** For a list that would have to open more than that. */
export const tooManyDevelopers = (): Problem =>
  new Problem(
    400,
    'too_many_developers',
    `Names and addresses are stored encrypted, so at most ${MOST_OPENED} developers are searched or sorted by them. Narrow them down with filter[status], or give the exact address in filter[email].`,
  );

/**
 * The developers of a portal that meet the conditions, opened. What the view can judge narrows them down first.
 * @throws Problem 400 if more than 10,000 are left to open
 */
export async function developersWhere(
  { reads, keyring }: Vaulted,
  portalId: string,
  conditions: readonly Condition[],
): Promise<readonly OpenedDeveloper[]> {
  const inView = conditions.filter((condition) => !isPersonal(condition));
  const where: Condition[] = [{ field: 'portal_id', op: 'eq', value: portalId }, ...inView];
  const docs = await reads.find('developers', { where, limit: MOST_OPENED + 1 });
  if (docs.length > MOST_OPENED) throw tooManyDevelopers();
  const personal = conditions.filter(isPersonal);
  const found: OpenedDeveloper[] = [];
  for (let start = 0; start < docs.length; start += STEP) {
    const step = docs.slice(start, start + STEP) as unknown as (Doc & DeveloperState)[];
    const opened = await openDevelopers(keyring, step);
    found.push(...opened.filter((developer) => matches(developer, personal)));
    // Decryption is work on the thread that serves everybody.
    await nextTurn();
  }
  return found;
}

/**
 * Conditions on an owner (fields `developer.<field>`) as one on `developer_id`, for lists whose documents name the owner by
 * id only; the others stay as they are.
 */
export async function byOwner(
  services: Vaulted,
  portalId: string,
  conditions: readonly Condition[],
): Promise<readonly Condition[]> {
  const own = conditions.filter(({ field }) => !field.startsWith('developer.'));
  if (own.length === conditions.length) return own;
  const onOwner = conditions
    .filter((condition) => !own.includes(condition))
    .map((condition) => ({ ...condition, field: condition.field.slice('developer.'.length) }))
    .map(byEmailClaim(services.keyring, portalId));
  const owners = await developersWhere(services, portalId, onOwner);
  return [...own, { field: 'developer_id', op: 'in', value: owners.map(({ id }) => id) }];
}
