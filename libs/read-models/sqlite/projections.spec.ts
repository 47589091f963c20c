import { projectionsContract } from '../projections.contract.js';
import { sqliteHarness } from './harness.contract.js';

projectionsContract('sqlite', sqliteHarness);
