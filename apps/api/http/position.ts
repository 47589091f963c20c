import { invalid, Problem } from './problem.js';

/** A position outside the process: `<log id>.<position>`. */
export const formatPosition = (logId: string, position: bigint): string => `${logId}.${position}`;

/**
 * Reads a position back.
 * @throws Problem 400 for anything else, 409 for a position of another log
 */
export function parsePosition(text: string, logId: string, field: string): bigint {
  const match = /^([\w-]+)\.(\d{1,19})$/.exec(text);
  if (!match) throw invalid({ field, reason: 'must be a position: <log id>.<number>', rule: 'invalid' });
  if (match[1] !== logId) {
    throw new Problem(
      409,
      'another_log',
      `${field} is a position of another log: this log is ${logId}. Start from its beginning.`,
    );
  }
  return BigInt(match[2]!);
}
