import type { Use } from '#consumption/calls.js';

/** When what belongs to an application was last used, in days (UTC); null: never, or longer ago than uses are known. */
export interface UsesOfOne {
  readonly last: string | null;
  of(kind: Use['kind'], id: string): string | null;
}

/** By application. */
export function usesByApplication(uses: readonly Use[]): (application: string) => UsesOfOne {
  const byApplication = new Map<string, Use[]>();
  for (const use of uses) byApplication.set(use.application, [...(byApplication.get(use.application) ?? []), use]);
  return (application) => {
    const mine = byApplication.get(application) ?? [];
    const latest = mine.map(({ day }) => day).sort();
    return {
      last: latest.at(-1) ?? null,
      of: (kind, id) => mine.find((use) => use.kind === kind && use.id === id)?.day ?? null,
    };
  };
}
