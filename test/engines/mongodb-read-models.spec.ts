import { projectionsContract } from '#read-models/projections.contract.js';
import { queriesContract } from '#read-models/queries.contract.js';
import { readModelsContract } from '#read-models/read-models.contract.js';
import { runnerContract } from '#read-models/runner.contract.js';
import { runnerProperty } from '#read-models/runner-property.contract.js';
import { mongoHarness, withMongo } from './mongodb-server.js';

withMongo('read models on MongoDB', (url) => {
  const newHarness = () => mongoHarness(url);
  readModelsContract('mongodb', newHarness);
  queriesContract('mongodb', newHarness);
  runnerContract('mongodb', newHarness);
  runnerProperty('mongodb', newHarness);
  projectionsContract('mongodb', newHarness);
});
