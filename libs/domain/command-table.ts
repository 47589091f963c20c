/**
 * Every command that Gatehouse knows: which stream it writes, what it reads, who may send it, which events may follow.
 * Open this first: each aggregate's entries.ts holds its rows.
 */
import { applicationEntries } from './application/entries.js';
import { authStrategyEntries } from './auth-strategy/entries.js';
import type { CommandEntry } from './core/command.js';
import { dcrProviderEntries } from './dcr-provider/entries.js';
import { developerEntries } from './developer/entries.js';
import { portalEntries } from './portal/entries.js';
import { productEntries } from './product/entries.js';
import { serviceTokenEntries } from './service-token/entries.js';
import { teamEntries } from './team/entries.js';
import { merge } from './registry.js';

export const COMMANDS: ReadonlyMap<string, CommandEntry> = merge<CommandEntry>('command', [
  developerEntries,
  applicationEntries,
  productEntries,
  portalEntries,
  authStrategyEntries,
  teamEntries,
  serviceTokenEntries,
  dcrProviderEntries,
]);
