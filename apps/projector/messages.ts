import type { Blocked } from '#read-models/runner.js';
import type { ViewStatus } from '#read-models/status.js';

/** What the worker is asked to do and then answers to with `done`. */
export type Request =
  | { readonly do: 'pause' | 'resume' | 'stop' }
  | { readonly do: 'rebuild' | 'retry'; readonly view: string | undefined };

export type ToWorker =
  { readonly kind: 'poke' } | { readonly kind: 'request'; readonly id: number; readonly request: Request };

export type FromWorker =
  | { readonly kind: 'ready'; readonly status: readonly ViewStatus[] }
  | { readonly kind: 'status'; readonly status: readonly ViewStatus[] }
  | { readonly kind: 'blocked'; readonly view: string; readonly blocked: Blocked }
  | { readonly kind: 'error'; readonly error: unknown; readonly view: string | undefined }
  | { readonly kind: 'done'; readonly id: number; readonly error?: string };
