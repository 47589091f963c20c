import { consumptionContract, FEW_CELLS } from '#consumption/consumption.contract.js';
import { openMongoConsumption } from '#consumption/mongodb/store.js';
import { dropDatabase, freshDatabase } from '../support/mongodb.js';
import { withMongo } from './mongodb-server.js';

withMongo('consumption on MongoDB', (url) => {
  const fresh = async () => {
    const database = freshDatabase();
    return { open: () => openMongoConsumption({ url, database }), destroy: () => dropDatabase(url, database) };
  };
  consumptionContract('mongodb', fresh, FEW_CELLS);
});
