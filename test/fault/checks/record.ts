import type { Keyring } from '#vault/keyring.js';
import type { LogContents } from '../engine-files.js';
import type { Run } from '../run.js';
import { checkClaims } from './claims.js';
import { checkKeys } from './keys.js';
import { checkLog } from './log.js';

/** What the log holds against what the clients were told, claims and API keys included. */
export async function checkRecord(run: Run, log: LogContents, keyring: Keyring): Promise<void> {
  const { lost, foreign, inFlight } = checkLog(log.events, run.scene.head, run.history.operations);
  run.tally.carriedOut += inFlight;
  run.report('lost', lost);
  run.report('foreign', foreign);
  run.report('otherwise', log.damage);
  run.report('otherwise', await checkClaims(keyring, log, run.baseline));
  run.report('otherwise', checkKeys(keyring, log.events, run.history.operations));
  run.tally.events = log.events.length;
}
