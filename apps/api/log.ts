import { pino, type DestinationStream, type Logger } from 'pino';

/** Names whose values never reach a log line, wherever they stand. */
const SECRET = [
  'password',
  'token',
  'authorization',
  'cookie',
  'credential',
  'key',
  'secret',
  'email',
  'full_name',
  'reason',
  'apikey',
];

/** JSON lines on standard output, with secrets and personal values left out. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service: 'gatehouse' },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    serializers: { err: errorWithoutData },
  };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * For lines of which every field is known to be fit for a log, by the same log: redaction looks through each line for what it
 * cannot hold, and would be a tenth of a request's cost.
 */
export const withoutRedaction = (log: Logger): Logger => log.child({}, { redact: [] });

/** An error's kind and where it came from; its message only if it is one of ours, which never hold data. */
function errorWithoutData(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    stack: frames.slice(0, 12).map((line) => line.trim()),
    ...(error.cause ? { cause: errorWithoutData(error.cause) } : {}),
  };
}
