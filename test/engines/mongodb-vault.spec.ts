import { openMongoVault } from '#vault/mongodb/vault.js';
import { vaultContract } from '#vault/vault.contract.js';
import { dropDatabase, freshDatabase } from '../support/mongodb.js';
import { withMongo } from './mongodb-server.js';

withMongo('the vault on MongoDB', (url) => {
  vaultContract('mongodb', () => {
    const database = freshDatabase();
    return {
      open: (now) => openMongoVault({ url, database, now }),
      destroy: () => dropDatabase(url, database),
    };
  });
});
