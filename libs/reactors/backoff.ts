export interface Backoff {
  /** Tries before an effect is parked. */
  readonly tries: number;
  /** Pause after the first failed try, in ms; doubled after each further one. */
  readonly firstMs: number;
  /** 0 to 1, exclusive; spreads pauses so that what failed together is not tried together. */
  readonly random: () => number;
}

/** Twelve tries over about three hours: longer than most outages of a mail server. */
export const PRODUCTION_BACKOFF: Backoff = { tries: 12, firstMs: 5_000, random: Math.random };

/** The pause after so many failed tries in ms, between three and five quarters of its nominal length; undefined: no more tries. */
export function pauseAfter(failures: number, { tries, firstMs, random }: Backoff): number | undefined {
  if (failures >= tries) return undefined;
  return Math.round(firstMs * 2 ** (failures - 1) * (0.75 + random() / 2));
}
