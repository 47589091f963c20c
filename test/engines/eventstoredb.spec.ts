import { eventStoreContract } from '../../libs/event-store/event-store.contract.js';
import { eventStoreDbHarness } from '../support/eventstore/harness.js';

eventStoreContract('EventStoreDB', () => eventStoreDbHarness());
