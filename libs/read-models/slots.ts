import { lineOf } from './generations.js';
import type { Ownership } from './ownership.js';
import { Superseded, type View } from './port.js';
import { openProjection, type Projection } from './projection.js';
import type { RunnerOptions } from './runner.js';

/** The views of a process, of which those are open that it keeps up to date: all, or those whose lease it holds. */
export interface Slots {
  open(): readonly Projection[];
  /** Still this process's own. */
  isOpen(view: string): boolean;
  /** Opens what has been won since, and forgets what has been lost. True if anything has changed. */
  follow(onError: (error: unknown, view: string) => void): Promise<boolean>;
  /** Another process has it. */
  close(view: string): void;
  /** Leaves a view to a newer release, its last state shown on. */
  resign(view: string): Promise<void>;
}

interface Slot {
  readonly view: View;
  readonly line: string;
  token?: number;
  projection?: Projection;
}

type Opening = Omit<RunnerOptions, 'view' | 'collection' | 'epoch'>;

/** Without ownership all are opened before this resolves. */
export async function createSlots(views: readonly View[], opening: Opening, ownership?: Ownership): Promise<Slots> {
  const slots: readonly Slot[] = views.map((view) => ({ view, line: lineOf(view) }));
  if (!ownership) for (const slot of slots) slot.projection = await openProjection(slot.view, opening);
  const find = (view: string): Slot | undefined => slots.find((slot) => slot.view.name === view);

  function forget(slot: Slot): void {
    delete slot.projection;
    delete slot.token;
  }

  async function followOne(slot: Slot, { token: tokenOf }: Ownership): Promise<boolean> {
    const token = tokenOf(slot.line);
    // one whose lease has run out stands still; it goes on as it is if nobody else has taken it
    if (token === undefined || (slot.projection && slot.token === token)) return false;
    forget(slot);
    slot.projection = await openProjection(slot.view, { ...opening, epoch: token });
    slot.token = token;
    return true;
  }

  return {
    open: () => slots.flatMap(({ projection }) => projection ?? []),
    isOpen(view) {
      const slot = find(view);
      return slot?.projection !== undefined && (!ownership || ownership.token(slot.line) === slot.token);
    },
    async follow(onError) {
      if (!ownership) return false;
      const changed = slots.map((slot) =>
        followOne(slot, ownership).catch((error: unknown) => {
          if (!(error instanceof Superseded)) onError(error, slot.view.name);
          return false;
        }),
      );
      return (await Promise.all(changed)).includes(true);
    },
    close(view) {
      const slot = find(view);
      if (slot) forget(slot);
    },
    async resign(view) {
      const slot = find(view);
      if (slot) await ownership?.resign(slot.line);
    },
  };
}
