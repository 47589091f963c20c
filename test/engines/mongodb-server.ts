import type { StoreHarness } from '#read-models/testing.js';
import { openMongoReadModels } from '#read-models/mongodb/read-models.js';
import { dropDatabase, freshDatabase } from '../support/mongodb.js';

const url = process.env['GATEHOUSE_TEST_MONGODB'];

/** Suites that need a MongoDB server; without one they are skipped, loudly. */
export function withMongo(name: string, suites: (url: string) => void): void {
  if (url) return suites(url);
  sayLoudly(`SKIPPED: ${name}. Set GATEHOUSE_TEST_MONGODB=mongodb://..., or run .ci/more/mongodb.sh`);
  it.skip(`${name}: needs GATEHOUSE_TEST_MONGODB=mongodb://...`, () => undefined);
}

/** Suites that kill the server: they start a FerretDB of their own. */
export function withFerretDb(name: string, suites: (binary: string) => void): void {
  const binary = process.env['GATEHOUSE_TEST_FERRETDB'];
  if (binary) return suites(binary);
  sayLoudly(`SKIPPED: ${name}. Run .ci/more/mongodb.sh without GATEHOUSE_TEST_MONGODB`);
  it.skip(`${name}: needs a FerretDB`, () => undefined);
}

/** Not by console: jest shows nothing of a file whose tests are all skipped. */
const sayLoudly = (line: string): unknown => process.stderr.write(`${line}\n`);

/** Read models in a database of their own. */
export async function mongoHarness(address: string): Promise<StoreHarness & { readonly database: string }> {
  const database = freshDatabase();
  return {
    database,
    open: () => openMongoReadModels({ url: address, database }),
    destroy: () => dropDatabase(address, database),
  };
}
