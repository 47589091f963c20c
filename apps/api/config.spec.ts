import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from './config.js';

describe('the settings', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-config-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  const load = (env: Record<string, string> = {}) => loadConfig({ GATEHOUSE_DATA_DIR: dataDir, ...env });

  it('keep the secrets that the first start makes, for their owner only, and nothing half made', () => {
    const first = load();
    expect(first.masterKey).toHaveLength(32);
    expect(readdirSync(dataDir).sort()).toEqual(['admin-token', 'master-key']);
    for (const name of readdirSync(dataDir)) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
    const again = load();
    expect([again.adminToken, again.masterKey]).toEqual([first.adminToken, first.masterKey]);
  });

  it('make them anew where a start was killed before it had', () => {
    const unfinished = `master-key.${process.pid}`;
    writeFileSync(join(dataDir, unfinished), 'left by a start that was killed');
    expect(load().masterKey).toEqual(load().masterKey);
    expect(readdirSync(dataDir)).not.toContain(unfinished);
  });

  it.each([
    ['', false],
    ['false', false],
    ['true', 1],
    ['2', 2],
    ['10.0.0.0/8, 2001:db8::1', ['10.0.0.0/8', '2001:db8::1']],
  ])('say which proxies are believed: %j', (text, trustProxy) => {
    expect(load({ GATEHOUSE_TRUST_PROXY: text }).trustProxy).toEqual(trustProxy);
  });

  it.each([
    ['', false],
    ['allow', true],
    ['idp.internal, 10.1.0.0/16,::1', ['idp.internal', '10.1.0.0/16', '::1']],
  ])('say which private destinations may be called: %j', (text, outboundPrivate) => {
    expect(load({ GATEHOUSE_OUTBOUND_PRIVATE: text }).outboundPrivate).toEqual(outboundPrivate);
  });

  it('come from files where they hold secrets', () => {
    const file = join(dataDir, 'secret');
    writeFileSync(file, `${'ab'.repeat(32)}\n`);
    expect(load({ GATEHOUSE_MASTER_KEY_FILE: file }).masterKey).toEqual(Buffer.alloc(32, 0xab));
    writeFileSync(file, 'mongodb://gatehouse:s3cret@views.example/portal\n');
    const { engines } = load({ GATEHOUSE_MASTER_KEY: 'ab'.repeat(32), GATEHOUSE_READ_MODELS_FILE: file });
    expect(engines.readModels).toEqual({ engine: 'mongodb', url: 'mongodb://gatehouse:s3cret@views.example/portal' });
  });

  it('ask for the master key where a server keeps what it seals', () => {
    const server = { GATEHOUSE_EVENT_STORE: 'esdb://events.example:2113' };
    expect(() => load(server)).toThrow(/^GATEHOUSE_MASTER_KEY is required/);
    expect(readdirSync(dataDir)).not.toContain('master-key');
    expect(load({ ...server, GATEHOUSE_MASTER_KEY: 'ab'.repeat(32) }).masterKey).toHaveLength(32);
  });

  it.each([
    [{ GATEHOUSE_ADMIN_TOKEN_FILE: '/nowhere' }, /^GATEHOUSE_ADMIN_TOKEN_FILE names/],
    [{ GATEHOUSE_MAIL: 'file:', GATEHOUSE_MAIL_FILE: '/nowhere' }, /^Set GATEHOUSE_MAIL or GATEHOUSE_MAIL_FILE/],
    [{ GATEHOUSE_CHECK_STALENESS_MS: '1s' }, /^GATEHOUSE_CHECK_STALENESS_MS must/],
    [{ GATEHOUSE_CHECK_WHEN_STALE: 'perhaps' }, /^GATEHOUSE_CHECK_WHEN_STALE must/],
    [{ PORT: '70000' }, /^PORT must/],
    [{ GATEHOUSE_MASTER_KEY: 'short' }, /^GATEHOUSE_MASTER_KEY must/],
    [{ GATEHOUSE_ADMIN_TOKEN: 'short' }, /^GATEHOUSE_ADMIN_TOKEN must/],
    [{ GATEHOUSE_ADMIN_TOKEN: 'no header can carry this' }, /^GATEHOUSE_ADMIN_TOKEN must/],
    [{ GATEHOUSE_MAIL: 'pigeon:' }, /^GATEHOUSE_MAIL must/],
    [{ GATEHOUSE_PORTAL_URL: 'ftp://example.org' }, /^GATEHOUSE_PORTAL_URL must/],
    [{ GATEHOUSE_KEY_PREFIX: 'G_' }, /^GATEHOUSE_KEY_PREFIX must/],
    [{ GATEHOUSE_LOG_LEVEL: 'loud' }, /^GATEHOUSE_LOG_LEVEL must/],
    [{ GATEHOUSE_OUTBOUND_PRIVATE: 'http://idp' }, /^GATEHOUSE_OUTBOUND_PRIVATE must/],
    [{ GATEHOUSE_ADMIN_ISSUER: 'https://idp.example' }, /^GATEHOUSE_ADMIN_AUDIENCE is required/],
    [{ GATEHOUSE_TRUST_PROXY: 'yes' }, /^GATEHOUSE_TRUST_PROXY must/],
    [{ GATEHOUSE_TRUST_PROXY: '10.0.0.0/33' }, /^GATEHOUSE_TRUST_PROXY must/],
  ])('name the one that cannot be used: %j', (env, message) => {
    expect(() => load(env)).toThrow(ConfigError);
    expect(() => load(env)).toThrow(message);
  });
});
