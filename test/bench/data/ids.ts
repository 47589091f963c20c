/** Ids and times of the benchmark's data: the same on every run, so that whoever asks can make them again. */

const KINDS = {
  portal: 1,
  authStrategy: 2,
  product: 3,
  version: 4,
  publication: 5,
  specification: 6,
  document: 7,
  developer: 8,
  application: 9,
  registration: 10,
  credential: 11,
  command: 12,
} as const;

export type Kind = keyof typeof KINDS;

/** A UUIDv7 in shape; grows with n, as ids made over time do. */
export const benchId = (kind: Kind, n: number): string =>
  `01900000-${KINDS[kind].toString(16).padStart(4, '0')}-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** Event ids count the last two bytes of a command's id up, so that those stay free. */
export const commandId = (n: number): string => benchId('command', n * 0x10000);

const START = Date.parse('2023-01-02T08:00:00.000Z');

/** When the n-th command was sent: one every minute and a half. */
export const commandTime = (n: number): Date => new Date(START + n * 90_000);
