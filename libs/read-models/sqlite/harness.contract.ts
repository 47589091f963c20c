import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreHarness } from '../testing.js';
import { openSqliteReadModels } from './read-models.js';

/** Stores in a folder of their own. */
export async function sqliteHarness(): Promise<StoreHarness & { readonly file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'views-'));
  const file = join(folder, 'views.db');
  return {
    file,
    open: async () => openSqliteReadModels({ file }),
    destroy: () => rm(folder, { recursive: true }),
  };
}
