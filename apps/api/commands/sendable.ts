import type { CommandEntry } from '#domain/core/command.js';
import { COMMANDS } from '#domain/command-table.js';
import type { Role } from '../http/operation.js';

/** The commands that a token may send here, by name. The others are sent by developers in person or by the service itself. */
export const SENDABLE: ReadonlyMap<string, CommandEntry> = new Map(
  [...COMMANDS].filter(([, { permission }]) => permission.includes('integration') || permission.includes('admin')),
);

/** The role that a token needs to send a command; admin may always. */
export const roleFor = ({ permission }: CommandEntry): Role =>
  permission.includes('integration') ? 'integration' : 'admin';

/** The command that somebody who wrote `name` probably meant. */
export function nearest(name: string): string | undefined {
  const wanted = simple(name);
  const ranked = [...SENDABLE.keys()]
    .map((known) => ({ known, distance: distance(wanted, simple(known)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0]!;
  return best.distance <= Math.max(2, Math.floor(best.known.length / 3)) ? best.known : undefined;
}

/** approve-app, approve_app and approveApp all mean ApproveApp. */
const simple = (name: string): string =>
  name
    .slice(0, 60)
    .toLowerCase()
    .replace(/[^a-z]/g, '');

/** A name that was cut short is near to the whole. */
const distance = (wanted: string, known: string): number =>
  wanted.length > 3 && known.startsWith(wanted) ? 1 : editDistance(wanted, known);

/** Levenshtein distance, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, swapped));
    }
    row = next;
  }
  return row[b.length]!;
}
