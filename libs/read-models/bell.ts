/** Wakes one sleeper; a ring while nobody sleeps wakes the next one at once. */
export interface Bell {
  ring(): void;
  /** True if it was rung before the time was up; with `until`, only rings that find it true count. */
  wait(ms: number, until?: () => boolean): Promise<boolean>;
}

export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    wait(ms, until = () => true) {
      if (rung && until()) {
        rung = false;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        const done = (byRing: boolean): void => {
          clearTimeout(timer);
          wake = undefined;
          rung = false;
          resolve(byRing);
        };
        const timer = setTimeout(done, ms, false);
        wake = () => until() && done(true);
      });
    },
  };
}
