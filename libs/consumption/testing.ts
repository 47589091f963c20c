import type { ConsumptionStore } from './port.js';

/** One engine under test, empty at first. */
export interface ConsumptionUnderTest {
  /** Opens it; again after `close`, it must find what was written before. */
  open(): Promise<ConsumptionStore>;
  destroy(): Promise<void>;
}
