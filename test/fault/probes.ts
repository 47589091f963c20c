import { randomUUID } from 'node:crypto';
import { folded } from '#domain/core/claims.js';
import type { StoredEvent } from '#event-store/port.js';
import { entitiesOf } from './entities.js';
import { describe, resultOf, type History } from './history.js';
import type { Random } from './random.js';
import { answered, problemCode, type Connection } from './send.js';

const EACH = 3;

/** A developer and a name, or a reference id, as one text. */
type Held = string;

interface Values {
  readonly names: readonly (readonly [developer: string, name: string])[];
  readonly references: readonly string[];
}

/**
 * Asks the quiet server itself whether its claims are as the log says: what was given back can be taken again, what is
 * held cannot. Returns what was otherwise.
 */
export async function probeClaims(
  connection: Connection,
  { events, history, random }: { events: readonly StoredEvent[]; history: History; random: Random },
): Promise<readonly string[]> {
  const { free, held } = claimsIn(events);
  const wrong: string[] = [];

  async function ask(command: string, body: object, expected: string | undefined): Promise<string | undefined> {
    const operation = history.add(command, { method: 'POST', path: `/commands/${command}`, body });
    operation.answer = await answered(connection, operation.request, operation.key);
    const code = problemCode(operation.answer);
    if (code !== expected) wrong.push(`${describe(operation)}: ${code ?? 'accepted'}, not ${expected ?? 'accepted'}`);
    return resultOf(operation).id;
  }
  const unused = (): string => `probe ${randomUUID()}`;

  for (let n = 0; n < EACH && free.names.length > 0; n++) {
    const [developer_id, name] = random.pick(free.names);
    const reference = free.references.length > 0 ? { reference_id: random.pick(free.references) } : {};
    const application_id = await ask('CreateApplication', { developer_id, name, ...reference }, undefined);
    if (application_id !== undefined) await ask('DeleteApplication', { application_id }, undefined);
  }
  for (let n = 0; n < EACH && held.names.length > 0; n++) {
    const [developer_id, name] = random.pick(held.names);
    await ask('CreateApplication', { developer_id, name: name.toUpperCase() }, 'application_name_taken');
    const reference_id = random.pick(held.references);
    await ask('CreateApplication', { developer_id, name: unused(), reference_id }, 'reference_id_taken');
  }
  return wrong;
}

/** Names and reference ids of approved developers' applications that are in use, and those that once were. */
function claimsIn(events: readonly StoredEvent[]): { readonly free: Values; readonly held: Values } {
  const { applications, developers } = entitiesOf(events);
  const approved = new Set(developers.filter(({ state }) => state.status === 'approved').map(({ id }) => id));
  const developerOf = new Map(applications.map(({ stream, state }) => [stream, state.developer_id]));
  const key = (developer: string, name: string): Held => `${developer} ${folded(name)}`;
  const gone = new Set(developers.filter(({ state }) => state.removed).map(({ id }) => id));
  const existing = applications.map(({ state }) => state).filter(({ exists }) => exists);
  const names = new Set(existing.map(({ developer_id, name }) => key(developer_id, name)));
  const references = new Set(existing.map(({ reference_id }) => reference_id));
  const everNamed = new Map<Held, readonly [string, string]>();
  const everReferred = new Set<string>();
  for (const { stream, data } of events) {
    const developer = developerOf.get(stream);
    const { name, reference_id } = data as { name?: string; reference_id?: string };
    if (developer === undefined) continue;
    if (name !== undefined && approved.has(developer)) everNamed.set(key(developer, name), [developer, name]);
    if (reference_id !== undefined) everReferred.add(reference_id);
  }
  const all = [...everNamed];
  return {
    free: {
      names: all.filter(([held]) => !names.has(held)).map(([, value]) => value),
      references: [...everReferred].filter((reference) => !references.has(reference)),
    },
    held: {
      names: all.filter(([held]) => names.has(held)).map(([, value]) => value),
      // What belonged to removed developers is being given back just now.
      references: existing.filter(({ developer_id }) => !gone.has(developer_id)).map((state) => state.reference_id),
    },
  };
}
