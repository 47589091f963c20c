import { runnerContract } from '../runner.contract.js';
import { runnerProperty } from '../runner-property.contract.js';
import { sqliteHarness } from './harness.contract.js';

runnerContract('sqlite', sqliteHarness);
runnerProperty('sqlite', sqliteHarness);
