import { createClientsIndex, issuerKey, type ClientsIndex } from './clients-index.js';
import { createCurrentStates } from '#command-handling/current-states.js';
import { watchFreshness } from '#command-handling/freshness.js';
import { testHandling, type TestHandling } from '#command-handling/testing.js';

let handling: TestHandling;
let index: ClientsIndex;
let portal: string;
let developer: string;
/** Done between the reading of a claim's owner and its answer. */
let meanwhile: () => Promise<unknown> = async () => undefined;

const idOf = async (name: string, values: object): Promise<string> => {
  const outcome = await handling.send(name, values);
  if (outcome.kind === 'refused') throw new Error(outcome.refusal.refusal);
  return (outcome.result as { id: string }).id;
};
const strategy = (name: string, issuer = 'https://idp.example/a') =>
  idOf('CreateAuthStrategy', {
    name,
    display_name: name,
    strategy_type: 'openid_connect',
    configs: { 'openid-connect': { issuer, credential_claim: ['sub'], scopes: [], auth_methods: ['bearer'] } },
  });
const application = async (name: string, reference_id: string) =>
  idOf('CreateApplication', { developer_id: developer, name, auth_strategy_id: await strategy(name), reference_id });
const ids = async (reference: string) => [...(await index.applicationsOf(reference)).keys()];

beforeEach(async () => {
  handling = await testHandling();
  const { store, cache, keyring } = handling;
  const states = createCurrentStates({ cache, freshness: watchFreshness(store), otherwise: 'refuse' });
  const slow = {
    ...store,
    logId: store.logId,
    head: () => store.head(),
    onAppended: store.onAppended.bind(store),
    async ownerOf(hash: string) {
      const found = await store.ownerOf(hash);
      await meanwhile();
      return found;
    },
  };
  // No view knows of anything: everything is heard of from the log.
  const reads = { find: async () => [], waitFor: async () => true };
  index = createClientsIndex({ store: slow as never, states, reads, keyring });
  portal = await idOf('CreatePortal', { name: 'Acme' });
  developer = await idOf('RegisterDeveloper', { portal_id: portal, full_name: 'Ada', email: 'ada@example.org' });
  await handling.send('ApproveDeveloper', { developer_id: developer });
});
afterEach(async () => {
  meanwhile = async () => undefined;
  index.close();
  await handling.destroy();
});

it('hears of strategies, of their changes and of their end', async () => {
  expect(await index.strategiesOf('https://idp.example/a')).toEqual([]);
  const [one, two] = [await strategy('one'), await strategy('two', 'https://idp.example/a/')];
  expect((await index.strategiesOf('https://idp.example/a')).map(({ id }) => id)).toEqual([one, two]);
  const configs = { 'openid-connect': { issuer: 'https://idp.example/b' } };
  await handling.send('EditAuthStrategy', { auth_strategy_id: one, configs });
  expect((await index.strategiesOf('https://idp.example/a')).map(({ id }) => id)).toEqual([two]);
  expect((await index.strategiesOf('https://idp.example/b')).map(({ id }) => id)).toEqual([one]);
  await handling.send('DeleteAuthStrategy', { auth_strategy_id: two });
  expect(await index.strategiesOf('https://idp.example/a')).toEqual([]);
});

it('does not trust issuers that speak in clear over networks of others', async () => {
  await strategy('clear', 'http://idp.example/a');
  expect(await index.strategiesOf('http://idp.example/a')).toEqual([]);
});

it('hears of applications, also of those it had looked for in vain', async () => {
  expect(await ids('client')).toEqual([]);
  const first = await application('First', 'client');
  expect(await ids('client')).toEqual([first]);
  await handling.send('EditApplication', { application_id: first, reference_id: 'another' });
  expect(await ids('client')).toEqual([]);
  const second = await application('Second', 'client');
  expect(await ids('client')).toEqual([second]);
  expect(await ids('another')).toEqual([first]);
  await handling.send('DeleteApplication', { application_id: second });
  expect(await ids('client')).toEqual([]);
});

it('does not remember that there was none if one came while it looked', async () => {
  let taken = '';
  meanwhile = async () => {
    meanwhile = async () => undefined;
    taken = await application('Quick', 'client');
  };
  await ids('client');
  expect(taken).not.toBe('');
  expect(await ids('client')).toEqual([taken]);
});

it('knows an issuer with its slash and as the address of its metadata', () => {
  const forms = ['https://idp.example', 'https://idp.example/', 'https://idp.example/.well-known/openid-configuration'];
  expect(new Set(forms.map(issuerKey))).toEqual(new Set(['https://idp.example']));
});
