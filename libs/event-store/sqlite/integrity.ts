import { canonicalBody } from '../canonical.js';
import type { EventBody } from '../port.js';
import type { Database } from './log-file.js';

const TAIL = 1_000;

/** What is wrong with the file, one line each; empty if nothing is. Reads all of it. */
export function findDamage(db: Database): string[] {
  try {
    const found = quickCheck(db);
    if (found.length > 0) return found;
    return [...gapsInPositions(db), ...gapsInRevisions(db)];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** The same for the newest events only: where a crash would show, at a cost that does not grow with the log. */
export function findDamageAtEnd(db: Database): string[] {
  try {
    const rows = db.prepare(`SELECT position, body FROM events ORDER BY position DESC LIMIT ${TAIL}`).all() as {
      position: number;
      body: string;
    }[];
    return rows.flatMap(({ position, body }, index) => {
      if (position !== rows[0]!.position - index) return [`positions are missing after ${position}`];
      return isCanonical(body) ? [] : [`the event at position ${position} cannot be read`];
    });
  } catch (error) {
    return [(error as Error).message];
  }
}

/** SQLite puts several findings, under a heading, into one row. */
function quickCheck(db: Database): string[] {
  const rows = db.prepare('PRAGMA quick_check(20)').all() as { quick_check: string }[];
  const lines = rows.flatMap((row) => row.quick_check.split('\n'));
  return lines.filter((line) => line !== 'ok' && !line.startsWith('***'));
}

function gapsInPositions(db: Database): string[] {
  const { events, head } = db.prepare('SELECT count(*) AS events, max(position) AS head FROM events').get() as {
    events: number;
    head: number | null;
  };
  return events === (head ?? 0) ? [] : [`${events} events are stored where the newest has position ${head}`];
}

function gapsInRevisions(db: Database): string[] {
  const streams = db
    .prepare(
      `SELECT stream FROM events GROUP BY stream HAVING min(revision) <> 0 OR max(revision) + 1 <> count(*) LIMIT 20`,
    )
    .all() as { stream: string }[];
  return streams.map(({ stream }) => `revisions are missing in stream ${stream}`);
}

function isCanonical(body: string): boolean {
  try {
    return canonicalBody(JSON.parse(body) as EventBody) === body;
  } catch {
    return false;
  }
}
