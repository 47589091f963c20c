import { movedLease } from '#leases/moved.js';
import { movedRecord, positionIn, type MovedLog } from '#reactors/moved.js';
import { REACTOR_STATUS } from '#reactors/observed.js';
import { VIEW_STATUS } from '#read-models/told-status.js';
import type { Place, VaultRecord, VaultStore } from '#vault/port.js';
import { CliError } from '../client.js';

const PAGE = 500;
const AT_ONCE = 16;

/** Noted in a vault that another one is being moved to. */
const ARRIVAL = { kind: 'arrival', id: 'arrival' } as const;

/** What running processes say of themselves, receipts (which go with the log), and the note of the move itself. */
const LEFT_BEHIND: ReadonlySet<string> = new Set([VIEW_STATUS, REACTOR_STATUS, 'receipt', ARRIVAL.kind]);

type Placed = VaultRecord & Place;

async function* recordsOf(vault: VaultStore): AsyncGenerator<readonly Placed[]> {
  for (let after: Place | undefined; ;) {
    const page = await vault.listAll({ ...(after && { after }), limit: PAGE });
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)!;
  }
}

/** @throws CliError if the vault holds anything but what an earlier try of the same move has brought */
export async function checkIsFree(vault: VaultStore, from: string): Promise<void> {
  const note = (await vault.get(ARRIVAL.kind, ARRIVAL.id))?.value as { readonly from: string } | undefined;
  if (note ? note.from !== from : (await vault.listAll({ limit: 1 })).length > 0) {
    throw new CliError('The vault of the target is in use: name an empty database, or an empty folder');
  }
}

export const beginVault = (vault: VaultStore, from: string): Promise<void> =>
  vault.put(ARRIVAL.kind, ARRIVAL.id, { from });

/** Positions in the log that records hold. */
export async function positionsIn(vault: VaultStore): Promise<ReadonlySet<bigint>> {
  const positions = new Set<bigint>();
  for await (const page of recordsOf(vault)) {
    for (const { kind, value } of page) {
      const position = positionIn(kind, value);
      if (position !== undefined) positions.add(position);
    }
  }
  return positions;
}

/** Everything that was not bound to a process; the number of records. Positions become those of the moved log. */
export async function copyVault(source: VaultStore, target: VaultStore, moved: MovedLog): Promise<number> {
  let count = 0;

  async function copy({ kind, id, value, owner, expiresAt }: Placed): Promise<void> {
    const kept = LEFT_BEHIND.has(kind) ? undefined : movedRecord(kind, movedLease(kind, value), moved);
    if (kept === undefined) return;
    await target.put(kind, id, kept, {
      ...(owner !== undefined && { owner }),
      ...(expiresAt !== undefined && { expiresAt }),
    });
    count += 1;
  }

  for await (const page of recordsOf(source)) {
    for (let done = 0; done < page.length; done += AT_ONCE) {
      await Promise.all(page.slice(done, done + AT_ONCE).map(copy));
    }
  }
  return count;
}

export const finishVault = (vault: VaultStore): Promise<boolean> => vault.delete(ARRIVAL.kind, ARRIVAL.id);
