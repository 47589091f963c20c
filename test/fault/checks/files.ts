import { readLog, type LogContents } from '../engine-files.js';
import type { Run } from '../run.js';
import { withKeyring } from '../secrets.js';
import { checkClaims } from './claims.js';
import { checkKeys } from './keys.js';
import { checkLog } from './log.js';

/** The log is checked as the crash has left it: what was acknowledged is there, and what else is there was under way. */
export async function checkFiles(run: Run, dataDir: string): Promise<LogContents> {
  const log = await readLog(dataDir);
  const { lost, foreign, inFlight } = checkLog(log.events, run.scene.head, run.history.operations);
  run.tally.carriedOut += inFlight;
  run.report('lost', lost);
  run.report('foreign', foreign);
  run.report('otherwise', log.damage);
  await withKeyring(dataDir, async (keyring) => {
    run.report('otherwise', await checkClaims(keyring, log, run.baseline));
    run.report('otherwise', checkKeys(keyring, log.events, run.history.operations));
  });
  run.tally.events = log.events.length;
  return log;
}
