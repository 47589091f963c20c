import type { Keyring } from '#vault/keyring.js';

/** Gives values with every sealed text in them opened; null where the person was forgotten. */
export type Open = <T>(value: T) => T;

/** Opens every sealed text found anywhere in the values, with one look for all keys. */
export async function openPersonal(values: unknown, keyring: Pick<Keyring, 'isSealed' | 'openMany'>): Promise<Open> {
  const sealed = new Set<string>();
  visit(values, (text) => keyring.isSealed(text) && sealed.add(text));
  const all = [...sealed];
  const texts = await keyring.openMany(all);
  const opened = new Map(all.map((text, index) => [text, texts[index] ?? null]));
  return (value) => replaced(value, opened) as typeof value;
}

function visit(value: unknown, see: (text: string) => void): void {
  if (typeof value === 'string') see(value);
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) visit(inner, see);
}

function replaced(value: unknown, opened: ReadonlyMap<string, string | null>): unknown {
  if (typeof value === 'string') return opened.has(value) ? opened.get(value) : value;
  if (Array.isArray(value)) return value.map((inner) => replaced(inner, opened));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replaced(inner, opened)]));
}
