import type { MongoBulkWriteError, MongoServerError, WriteError } from 'mongodb';

const DUPLICATE_KEY = 11000;

export const isDuplicateKey = (error: unknown): boolean =>
  isMongoError(error) && (error as MongoServerError).code === DUPLICATE_KEY;

/**
 * Which operations of a bulk write met a document with the same key, by index, if nothing else went wrong; otherwise the
 * error is thrown again.
 */
export function duplicatesIn(error: unknown): readonly number[] {
  const { writeErrors, result } = error as Partial<MongoBulkWriteError>;
  const each = writeErrors === undefined ? [] : ([writeErrors].flat() as WriteError[]);
  const other = each.length === 0 || each.some(({ code }) => code !== DUPLICATE_KEY);
  // a write concern that was not reached hides behind the duplicates
  if (!isMongoError(error) || other || result?.getWriteConcernError()) throw error;
  return each.map(({ index }) => index);
}

/** Repeats an upsert that met another one of the same document; the next time round, it finds that document. */
export async function retryDuplicate<T>(upsert: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await upsert();
    } catch (error) {
      if (!isDuplicateKey(error) || attempt === 10) throw error;
    }
  }
}

/** By name, since the driver may not be loaded at all. What a broken socket throws (EPIPE) sometimes comes through as it is. */
export function isMongoError(error: unknown): error is Error {
  const { name, code } = (error ?? {}) as { readonly name?: unknown; readonly code?: unknown };
  return String(name).startsWith('Mongo') || (typeof code === 'string' && /^E[A-Z]+$/.test(code));
}

/** A server's message may quote stored values, so that only its code is told; the driver's own tell of addresses and time. */
function describe(error: Error): string {
  const { code, codeName } = error as Partial<MongoServerError>;
  return code === undefined ? `${error.name}: ${error.message}` : `${error.name} ${codeName ?? code}`;
}

/** Makes the port's own error of a description of what the driver threw. */
export type ToError = (description: string) => Error;

export const translated = (error: unknown, toError: ToError): unknown =>
  isMongoError(error) ? toError(describe(error)) : error;

type Method = (...values: never[]) => Promise<unknown>;

/** The same methods; what the driver throws becomes the port's own error. */
export function translating<T extends { readonly [K in keyof T]: Method }>(methods: T, toError: ToError): T {
  const wrapped = Object.entries<Method>(methods).map(([name, method]) => [
    name,
    async (...values: never[]) => {
      try {
        return await method(...values);
      } catch (error) {
        throw translated(error, toError);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}
