import { allGenerationsOf, generationsOf, lineOf, nextCollection, type Generation } from './generations.js';
import { createRunner, isOnLog, type Runner, type RunnerOptions } from './runner.js';
import type { View } from './port.js';
import type { ViewStatus } from './status.js';

/** One view with the collections it has: the one that answers are read from, and perhaps a copy being built beside it. */
export interface Projection {
  readonly name: string;
  /** Keeps what is served up to date; undefined if that is outdated (another version, another log) or not yet built. */
  live(): Runner | undefined;
  building(): Runner | undefined;
  /** Starts a fresh copy beside the present one; nothing if one is being built already. */
  rebuild(): Promise<void>;
  /** Serves the copy that was built, keeps the one it replaces, drops what is older. */
  switchOver(): Promise<void>;
  status(head: bigint): ViewStatus;
}

/**
 * Opens a view where it was left. Served is what the pointer names, be it outdated; a copy is built when the pointer names
 * another version, or follows another log, or a rebuild was under way. A first build is served while it is built.
 *
 * With an epoch, several processes, of several releases, may run the same view: then each version has a pointer of its own and
 * is kept up to date as long as a process of that release runs. Which version answers come from is for the reader to say.
 */
export async function openProjection(
  view: View,
  options: Omit<RunnerOptions, 'view' | 'collection'>,
): Promise<Projection> {
  const { store, reader, epoch } = options;
  const line = epoch === undefined ? view.name : lineOf(view);
  const run = (collection: string): Promise<Runner> => createRunner({ ...options, view, collection });
  const onLog = async (collection: string): Promise<boolean> => isOnLog(await store.checkpoint(collection), reader);

  const collections = await store.collections();
  const pointed = await store.pointer(line);
  const pointer = pointed !== undefined && collections.includes(pointed) ? pointed : undefined;
  const own = generationsOf(view.name, view.version, collections).map(({ collection }) => collection);
  const newest = own.at(-1);

  const resumes = pointer !== undefined && own.includes(pointer) && (await onLog(pointer));
  let live = resumes ? await run(pointer) : undefined;
  let building = live && newest === pointer ? undefined : await openCopy();
  let serving = pointer ?? building!.collection;
  // where another version is served meanwhile, the pointer tells when this one is complete
  if (!pointer && epoch === undefined) await store.setPointer(line, serving);
  const outdated = live ? undefined : await outdatedPosition();

  async function openCopy(): Promise<Runner> {
    const collection =
      newest !== undefined && newest !== pointer ? newest : nextCollection(view.name, view.version, collections);
    if (!(await onLog(collection))) await store.drop(collection);
    return run(collection);
  }

  /** How far an outdated collection had come, if that was on this log. */
  async function outdatedPosition(): Promise<bigint> {
    const checkpoint = await store.checkpoint(serving);
    return checkpoint && (await isOnLog(checkpoint, reader)) ? checkpoint.position : 0n;
  }

  /** Those of other releases stay, and what comes after this copy is not for a late owner to drop. */
  function mayDrop(generation: Generation, all: readonly Generation[], copy: string): boolean {
    if (epoch === undefined) return true;
    const older = all.filter(({ version }) => version < view.version).map(({ version }) => version);
    if (generation.version < view.version) return generation.version < Math.max(...older);
    const built = all.find(({ collection }) => collection === copy);
    return generation.version === view.version && generation.rebuild < (built?.rebuild ?? 0);
  }

  return {
    name: view.name,
    live: () => live,
    building: () => building,
    async rebuild() {
      building ??= await run(nextCollection(view.name, view.version, await store.collections()));
    },
    async switchOver() {
      if (!building) return;
      await building.flush();
      await store.setPointer(line, building.collection);
      const kept = [serving, building.collection];
      serving = building.collection;
      live = building;
      building = undefined;
      const all = allGenerationsOf(view.name, await store.collections());
      for (const generation of all) {
        const { collection } = generation;
        if (!kept.includes(collection) && mayDrop(generation, all, serving)) await store.drop(collection);
      }
    },
    status(head) {
      const served = live ?? (building?.collection === serving ? building : undefined);
      const blocked = (live ?? building)?.blocked();
      const copyBlocked = live && building?.blocked();
      return {
        name: view.name,
        collection: serving,
        position: served?.position() ?? outdated ?? 0n,
        lastAppliedAt: served?.lastAppliedAt() ?? null,
        live: live !== undefined,
        ...(blocked && { blocked }),
        ...(building && {
          rebuilding: {
            from: building.collection === serving ? null : serving,
            to: building.collection,
            done: share(building.position(), head),
            ...(copyBlocked && { blocked: copyBlocked }),
          },
        }),
      };
    },
  };
}

/** In thousandths, rounded down, so that 1 means done. */
function share(position: bigint, head: bigint): number {
  return position >= head ? 1 : Number((position * 1000n) / head) / 1000;
}
