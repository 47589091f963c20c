const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

const keysInOrder = (_: string, value: unknown): unknown =>
  isMap(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;

/** Same JSON value, whatever the order of keys: the log keeps events in canonical order, commands come in any. */
export const sameJson = (a: unknown, b: unknown): boolean =>
  JSON.stringify(a, keysInOrder) === JSON.stringify(b, keysInOrder);

/** The fields of `next` that differ from `now`: what an "edited" event holds. Undefined fields are left out. */
export function changedFields<T extends object>(now: object, next: T): Partial<T> {
  const before = now as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(next).filter(([name, value]) => value !== undefined && !sameJson(value, before[name])),
  ) as Partial<T>;
}
