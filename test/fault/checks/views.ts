import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { catchUp, copyFiles, dumpViews } from '../engine-files.js';

export interface ViewsCheck {
  readonly documents: number;
  readonly violations: readonly string[];
}

/** Views that went through a crash and caught up are, document by document, what a rebuild from the log gives. */
export async function checkViews(crashed: string, scratch: string): Promise<ViewsCheck> {
  await catchUp(crashed);
  const rebuilt = join(scratch, 'rebuilt');
  rmSync(rebuilt, { recursive: true, force: true });
  copyFiles(crashed, rebuilt, ['log.db', 'blobs.db']);
  await catchUp(rebuilt);
  const expected = dumpViews(rebuilt);
  return { documents: expected.size, violations: differences(dumpViews(crashed), expected) };
}

/** A line for each document that is missing, too much or another. */
export function differences(found: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): string[] {
  const ids = new Set([...found.keys(), ...expected.keys()]);
  return [...ids].flatMap((id) => {
    const [is, should] = [found.get(id), expected.get(id)];
    if (is === should) return [];
    return [`document ${id} is ${is === undefined ? 'missing' : should === undefined ? 'too much' : 'another'}`];
  });
}
