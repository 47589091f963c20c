import { publish as publishNotices, type Notice } from '#leases/notices.js';
import type { VaultStore } from '#vault/port.js';
import { allGenerationsOf, lineOf } from './generations.js';
import type { Ownership } from './ownership.js';
import type { View } from './port.js';
import type { Blocked } from './runner.js';
import type { ViewStatus } from './status.js';

/** Under what the states of views are published. */
export const VIEW_STATUS = 'view-status';

/** The lease of a line (`<view>_v<version>`). */
export const leaseOf = (line: string): string => `view:${line}`;

export const leaseOfView = (view: Pick<View, 'name' | 'version'>): string => leaseOf(lineOf(view));

/** The version of a view that a lease is about; undefined if it is about something else. */
export const versionIn = (lease: string, view: string): number | undefined =>
  lease.startsWith('view:') ? allGenerationsOf(view, [lease.slice('view:'.length)])[0]?.version : undefined;

type Text<T> = Omit<T, 'position'> & { readonly position: string };
type Told = Omit<Text<ViewStatus>, 'blocked' | 'rebuilding'> & {
  readonly blocked?: Text<Blocked>;
  readonly rebuilding?: Omit<NonNullable<ViewStatus['rebuilding']>, 'blocked'> & { readonly blocked?: Text<Blocked> };
};

const toText = (blocked: Blocked): Text<Blocked> => ({ ...blocked, position: String(blocked.position) });
const toBlocked = (blocked: Text<Blocked>): Blocked => ({ ...blocked, position: BigInt(blocked.position) });

/** As JSON has it: no position passes through a number. */
export function tell({ blocked, rebuilding, ...status }: ViewStatus): Told {
  const { blocked: copyBlocked, ...copy } = rebuilding ?? {};
  return {
    ...status,
    position: String(status.position),
    ...(blocked && { blocked: toText(blocked) }),
    ...(rebuilding && {
      rebuilding: {
        ...(copy as Omit<typeof rebuilding, 'blocked'>),
        ...(copyBlocked && { blocked: toText(copyBlocked) }),
      },
    }),
  };
}

export function understand(told: unknown): ViewStatus {
  const { blocked, rebuilding, ...status } = told as Told;
  const { blocked: copyBlocked, ...copy } = rebuilding ?? {};
  return {
    ...status,
    position: BigInt(status.position),
    ...(blocked && { blocked: toBlocked(blocked) }),
    ...(rebuilding && {
      rebuilding: {
        ...(copy as Omit<typeof rebuilding, 'blocked'>),
        ...(copyBlocked && { blocked: toBlocked(copyBlocked) }),
      },
    }),
  };
}

export interface Publisher {
  /** What this process knows now; stored soon, the newest only. */
  tell(status: readonly ViewStatus[]): void;
  /** Once more, so that nobody takes this process for dead. */
  again(): void;
  /** Stores what is left. */
  end(): Promise<void>;
}

export interface PublisherOptions {
  readonly vault: Pick<VaultStore, 'put'>;
  readonly views: readonly View[];
  readonly ownership: Ownership;
  readonly holder: string;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** Publishes the states of the views that this process keeps up to date, and of those that it had to leave to newer releases. */
export function createPublisher({ vault, views, ownership, holder, now, onError }: PublisherOptions): Publisher {
  const tokens = new Map<string, number>();
  const left = new Map<string, Notice>();
  let latest: readonly Notice[] = [];
  let dirty = false;
  let writing: Promise<void> | undefined;

  function noticeOf(status: ViewStatus): readonly Notice[] {
    const line = lineOf(views.find(({ name }) => name === status.name)!);
    const token = ownership.token(line) ?? tokens.get(line);
    if (token === undefined) return [];
    tokens.set(line, token);
    const notice = { name: leaseOf(line), token, value: tell(status) };
    if (status.blocked?.unknown) left.set(notice.name, notice);
    return [notice];
  }

  async function write(): Promise<void> {
    while (dirty) {
      dirty = false;
      await publishNotices(vault, VIEW_STATUS, holder, latest, now).catch(onError);
    }
  }

  function soon(): void {
    dirty = true;
    writing ??= write().finally(() => (writing = undefined));
  }

  return {
    tell(status) {
      const told = status.flatMap(noticeOf);
      const names = new Set(told.map(({ name }) => name));
      latest = [...told, ...[...left.values()].filter(({ name }) => !names.has(name))];
      soon();
    },
    again: soon,
    async end() {
      await writing;
    },
  };
}
