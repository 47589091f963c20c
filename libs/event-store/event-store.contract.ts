import { describe } from '@jest/globals';
import { appendingContract } from './contract/appending.contract.js';
import { claimsContract } from './contract/claims.contract.js';
import { readingContract } from './contract/reading.contract.js';
import { receiptsContract } from './contract/receipts.contract.js';
import type { MakeHarness } from './contract/support.contract.js';

/** What every event store must do. An adapter's spec calls this with a factory of new, empty logs. */
export function eventStoreContract(name: string, makeHarness: MakeHarness): void {
  describe(`${name} as an event store`, () => {
    appendingContract(makeHarness);
    readingContract(makeHarness);
    claimsContract(makeHarness);
    receiptsContract(makeHarness);
  });
}
