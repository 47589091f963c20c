import { parseArgs } from 'node:util';
import { startEventStore } from './server.js';

// The double as a process of its own, so that a kill is a kill: node dist/test/support/eventstore/main.js --folder F --port N
const { values } = parseArgs({ options: { folder: { type: 'string' }, port: { type: 'string', default: '0' } } });
const double = await startEventStore({
  port: Number(values.port),
  ...(values.folder === undefined ? {} : { folder: values.folder }),
});
console.log(double.url);
process.once('SIGTERM', () => void double.stop().then(() => process.exit(0)));
