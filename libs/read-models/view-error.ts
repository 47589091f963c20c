/** A view breaks its contract with the runner. The message names no data. */
export class ViewError extends Error {
  override readonly name = 'ViewError';
}

/**
 * An error as status and log show it: its name and where in our code it was thrown. The messages of other errors are left
 * out, since they may quote the data they were about.
 */
export function describeError(error: unknown): string {
  if (error instanceof ViewError) return error.message;
  if (!(error instanceof Error)) return 'a value was thrown that is no Error';
  const place = /[\\/]((?:apps|libs)[\\/][^\s()]+:\d+:\d+)/.exec(
    error.stack?.split('\n    at ').slice(1).join('\n') ?? '',
  );
  return place ? `${error.name} at ${place[1]}` : error.name;
}
