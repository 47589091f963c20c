import { openMongoBlobs } from '#blobs/mongodb/blobs.js';
import { BlobsUnavailable } from '#blobs/port.js';
import { openMongoReadModels } from '#read-models/mongodb/read-models.js';
import { ReadModelsUnavailable } from '#read-models/port.js';
import { openMongoVault } from '#vault/mongodb/vault.js';
import { VaultUnavailable } from '#vault/port.js';

/** Nothing listens on port 1. */
const NOWHERE = 'mongodb://somebody:tell-nobody@127.0.0.1:1/?serverSelectionTimeoutMS=50';

describe('a MongoDB that cannot be had', () => {
  const openers = [
    ['read models', openMongoReadModels, ReadModelsUnavailable],
    ['the vault', openMongoVault, VaultUnavailable],
    ['blobs', openMongoBlobs, BlobsUnavailable],
  ] as const;

  it.each(openers)('is told as such by %s, without the password', async (_, open, Unavailable) => {
    const error: unknown = await open({ url: NOWHERE }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Unavailable);
    expect((error as Error).message).toMatch(/cannot be reached: MongoServerSelectionError/);
    expect(String((error as Error).stack)).not.toContain('tell-nobody');
  });

  it.each([
    'mongodb//somebody:tell-nobody@host',
    'http://somebody:tell-nobody@host/',
    'mongodb://a:tell-nobody@h/?x=y',
  ])('is refused without quoting a URL that cannot be read', async (url) => {
    const error: unknown = await openMongoVault({ url }).catch((thrown: unknown) => thrown);
    expect((error as Error).message).toMatch(/^The MongoDB URL cannot be read: write mongodb:/);
    expect(String((error as Error).stack)).not.toContain('tell-nobody');
  });
});
