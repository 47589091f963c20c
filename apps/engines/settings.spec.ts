import { ConfigError } from './config-error.js';
import { EMBEDDED, engineSettings, kindOf } from './settings.js';

const ESDB = 'esdb://admin:s3cret@events.example:2113?tls=true';
const MONGO = 'mongodb://gatehouse:s3cret@views.example:27017/portal';

describe('the engine settings', () => {
  it.each([{}, { GATEHOUSE_EVENT_STORE: 'sqlite:', GATEHOUSE_READ_MODELS: '' }])(
    'are the embedded engine unless told: %j',
    (env) => {
      expect(engineSettings(env)).toEqual(EMBEDDED);
      expect(kindOf(engineSettings(env))).toBe('embedded');
    },
  );

  it.each([
    [{ GATEHOUSE_EVENT_STORE: ESDB }, ['eventstoredb', 'sqlite', 'sqlite'], 'mixed'],
    [{ GATEHOUSE_READ_MODELS: MONGO }, ['sqlite', 'mongodb', 'mongodb'], 'mixed'],
    [{ GATEHOUSE_EVENT_STORE: ESDB, GATEHOUSE_READ_MODELS: MONGO }, ['eventstoredb', 'mongodb', 'mongodb'], 'servers'],
    [
      { GATEHOUSE_EVENT_STORE: ESDB, GATEHOUSE_READ_MODELS: MONGO, GATEHOUSE_VAULT: 'sqlite:' },
      ['eventstoredb', 'mongodb', 'sqlite'],
      'mixed',
    ],
    [{ GATEHOUSE_VAULT: MONGO }, ['sqlite', 'sqlite', 'mongodb'], 'mixed'],
    [
      { GATEHOUSE_EVENT_STORE: 'esdb+discover://n1:2113,n2:2113', GATEHOUSE_READ_MODELS: 'mongodb+srv://db.example' },
      ['eventstoredb', 'mongodb', 'mongodb'],
      'servers',
    ],
  ])('name the engine of each part: %j', (env, engines, kind) => {
    const settings = engineSettings(env);
    expect([settings.eventStore, settings.readModels, settings.vault].map(({ engine }) => engine)).toEqual(engines);
    expect(kindOf(settings)).toBe(kind);
  });

  it('let the vault follow the read models, or be another server', () => {
    const other = 'mongodb://vault.example/secrets';
    expect(engineSettings({ GATEHOUSE_READ_MODELS: MONGO }).vault).toEqual({ engine: 'mongodb', url: MONGO });
    const given = engineSettings({ GATEHOUSE_READ_MODELS: MONGO, GATEHOUSE_VAULT: other });
    expect(given.vault).toEqual({ engine: 'mongodb', url: other });
  });

  it.each([
    [
      { GATEHOUSE_EVENT_STORE: 'kurrent://admin:s3cret@events.example' },
      /^GATEHOUSE_EVENT_STORE must be sqlite:, esdb:/,
    ],
    [{ GATEHOUSE_EVENT_STORE: MONGO }, /^GATEHOUSE_EVENT_STORE must/],
    [{ GATEHOUSE_EVENT_STORE: 'esdb://' }, /^GATEHOUSE_EVENT_STORE must/],
    [{ GATEHOUSE_EVENT_STORE: 'esdb://admin:s3cret@' }, /^GATEHOUSE_EVENT_STORE must/],
    [{ GATEHOUSE_EVENT_STORE: `${ESDB}&nodePreference=follower` }, /^GATEHOUSE_EVENT_STORE must read from the leader/],
    [{ GATEHOUSE_READ_MODELS: ESDB }, /^GATEHOUSE_READ_MODELS must/],
    [{ GATEHOUSE_VAULT: 's3cret' }, /^GATEHOUSE_VAULT must/],
    [{ GATEHOUSE_VAULT: 'sqlite:/elsewhere/s3cret.db' }, /^GATEHOUSE_VAULT: .*GATEHOUSE_DATA_DIR/],
  ])('name the one that cannot be used, without its value: %j', (env, message) => {
    const load = () => engineSettings(env);
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(message);
    expect(load).not.toThrow(/s3cret/);
  });
});
