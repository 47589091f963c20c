import { randomUUID } from 'node:crypto';
import type { CommandEntry } from '#domain/core/command.js';
import type { ClientSecrets } from '#vault/client-secrets.js';

/**
 * The command with its secrets replaced by where the vault has them now. Before the log, which refers to them; a command
 * that is refused leaves at most a sealed record that nothing names.
 */
export async function keepSecrets<C extends object>(
  entry: Pick<CommandEntry, 'secrets' | 'id'>,
  command: C,
  secrets: Pick<ClientSecrets, 'keep'>,
): Promise<C> {
  // A stream that is yet to be made owns its secret alone, whatever others have the same one.
  const owner = entry.id ? String((command as Record<string, unknown>)[entry.id] ?? '') : randomUUID();
  let kept = command;
  for (const path of entry.secrets ?? []) kept = await replaced(kept, path.split('.'), owner, secrets);
  return kept;
}

async function replaced<T extends object>(
  object: T,
  [name, ...rest]: readonly string[],
  owner: string,
  secrets: Pick<ClientSecrets, 'keep'>,
): Promise<T> {
  const value = (object as Record<string, unknown>)[name!];
  const next =
    rest.length > 0 && typeof value === 'object' && value !== null
      ? await replaced(value, rest, owner, secrets)
      : typeof value === 'string'
        ? await secrets.keep(owner, value)
        : value;
  if (next === value) return object;
  return Object.assign(Object.create(Object.getPrototypeOf(object) as object) as T, object, { [name!]: next });
}
