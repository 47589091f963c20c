/** Same JSON value; the order of keys counts, which is fixed where both sides are built by the same code. */
export const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The fields of `next` that differ from `now`: what an "edited" event holds. Undefined fields are left out. */
export function changedFields<T extends object>(now: object, next: T): Partial<T> {
  const before = now as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(next).filter(([name, value]) => value !== undefined && !sameJson(value, before[name])),
  ) as Partial<T>;
}
