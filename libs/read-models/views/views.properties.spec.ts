import { sqliteHarness } from '../sqlite/harness.contract.js';
import { viewsContract } from './views.contract.js';

viewsContract('sqlite', sqliteHarness);
