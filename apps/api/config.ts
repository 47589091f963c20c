import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { ConfigError } from '../engines/config-error.js';
import { engineSettings, kindOf, type EngineConfig, type EngineSettings } from '../engines/settings.js';
import { analyticsSettings, type AnalyticsSettings } from './analytics-settings.js';
import { adminIdentity, type AdminIdentity } from './admin-identity.js';
import { isDestination, type AllowPrivate } from '#outbound/addresses.js';

export { ConfigError };

/** Everything that the environment decides. README and docs/operations.md explain each setting. */
export interface Config extends EngineConfig {
  readonly host: string;
  readonly port: number;
  readonly masterKey: Uint8Array;
  readonly adminToken: string;
  /** Where mail links lead if the portal has no domain of its own; undefined: the server's own origin. */
  readonly portalUrl?: string;
  /** `file:` (an outbox/ folder in the data folder) or an SMTP address. */
  readonly mail: string;
  readonly mailFrom: string;
  readonly keyPrefix: string;
  readonly logLevel: string;
  /** Whose forwarded addresses are believed: that many proxies in a row, or those of these networks; false: nobody's. */
  readonly trustProxy: number | readonly string[] | false;
  /** Private destinations that calls to identity providers and other typed addresses may reach; none when absent. */
  readonly outboundPrivate?: AllowPrivate;
  /** With EventStoreDB: how old what a gateway check goes by may be, in milliseconds. */
  readonly checkStalenessMs: number;
  /** What a check answers when the event store does not and the bound is over: refuse, or go by what is known. */
  readonly checkWhenStale: 'deny' | 'allow';
  /** Where administrators and services get tokens besides Gatehouse's own. */
  readonly adminIdentity?: AdminIdentity;
  readonly analytics: AnalyticsSettings;
  /** Adds the routes that benchmarks need; never in production. */
  readonly bench: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|\[::1\]|localhost)$/;
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** Only programs of this machine can call, and none of them is a proxy for others: calls need no token where noted. */
export const isPrivate = ({ host, trustProxy }: Pick<Config, 'host' | 'trustProxy'>): boolean =>
  isLoopback(host) && !trustProxy;

/**
 * Reads the settings, making the data folder, the master key and the admin token on first run (mode 0600).
 * @throws ConfigError
 */
export function loadConfig(given: Env = process.env): Config {
  const env = withSecretFiles(given);
  const engines = engineSettings(env);
  const dataDir = resolve(env['GATEHOUSE_DATA_DIR'] || './data');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return {
    host: env['HOST'] || '127.0.0.1',
    port: port(env['PORT'] ?? '3000'),
    dataDir,
    engines,
    masterKey: masterKey(env['GATEHOUSE_MASTER_KEY'], dataDir, engines),
    adminToken: adminToken(env['GATEHOUSE_ADMIN_TOKEN'], dataDir),
    ...(env['GATEHOUSE_PORTAL_URL'] ? { portalUrl: url('GATEHOUSE_PORTAL_URL', env['GATEHOUSE_PORTAL_URL']) } : {}),
    mail: mail(env['GATEHOUSE_MAIL'] || 'file:'),
    mailFrom: env['GATEHOUSE_MAIL_FROM'] || 'Developer portal <no-reply@localhost>',
    keyPrefix: prefix(env['GATEHOUSE_KEY_PREFIX'] || 'gh'),
    logLevel: level(env['GATEHOUSE_LOG_LEVEL'] || 'info'),
    trustProxy: proxies(env['GATEHOUSE_TRUST_PROXY'] || 'false'),
    ...optional('adminIdentity', adminIdentity(env)),
    outboundPrivate: privateDestinations(env['GATEHOUSE_OUTBOUND_PRIVATE'] || ''),
    checkStalenessMs: staleness(env['GATEHOUSE_CHECK_STALENESS_MS'] || '2000'),
    checkWhenStale: whenStale(env['GATEHOUSE_CHECK_WHEN_STALE'] || 'deny'),
    analytics: analyticsSettings(env),
    bench: env['GATEHOUSE_BENCH'] === '1',
  };
}

const optional = <K extends string, V>(name: K, value: V | undefined): { [_ in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { [_ in K]: V });

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new ConfigError('PORT must be a number from 0 to 65535.');
  return value;
}

function url(name: string, text: string): string {
  const parsed = URL.parse(text);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new ConfigError(`${name} must be an http or https address.`);
  return parsed.href.replace(/\/$/, '');
}

function mail(text: string): string {
  if (!/^(file:|smtps?:\/\/)/.test(text))
    throw new ConfigError('GATEHOUSE_MAIL must be file:, smtp://... or smtps://...');
  return text;
}

function prefix(text: string): string {
  if (!/^[a-z][a-z0-9]{1,9}$/.test(text))
    throw new ConfigError('GATEHOUSE_KEY_PREFIX must be 2 to 10 lower-case letters or digits.');
  return text;
}

function level(text: string): string {
  const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
  if (!levels.includes(text)) throw new ConfigError(`GATEHOUSE_LOG_LEVEL must be one of ${levels.join(', ')}.`);
  return text;
}

function staleness(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 100 || value > 60_000)
    throw new ConfigError('GATEHOUSE_CHECK_STALENESS_MS must be a number from 100 to 60000.');
  return value;
}

function whenStale(text: string): Config['checkWhenStale'] {
  if (text === 'deny' || text === 'allow') return text;
  throw new ConfigError('GATEHOUSE_CHECK_WHEN_STALE must be deny or allow.');
}

/** `true` is one proxy. What the client itself wrote into X-Forwarded-For is further left than that, and never believed. */
function proxies(text: string): Config['trustProxy'] {
  if (text === 'false' || text === '0') return false;
  if (text === 'true') return 1;
  if (/^[1-9]$/.test(text)) return Number(text);
  const networks = text.split(',').map((network) => network.trim());
  if (!networks.every(isNetwork))
    throw new ConfigError(
      'GATEHOUSE_TRUST_PROXY must be the number of proxies (1 to 9), or their addresses: 10.0.0.0/8, 192.0.2.7',
    );
  return networks;
}

/** `allow`, or host names, addresses and networks with commas between them. */
function privateDestinations(text: string): AllowPrivate {
  if (text === '' || text === 'allow') return text === 'allow';
  const destinations = text.split(',').map((destination) => destination.trim());
  if (!destinations.every(isDestination))
    throw new ConfigError(
      'GATEHOUSE_OUTBOUND_PRIVATE must be allow, or a list of hosts and networks: idp.internal, 10.1.0.0/16',
    );
  return destinations;
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  return version !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

/** Settings that hold secrets may be given as files: NAME_FILE. */
const SECRET_SETTINGS = [
  'GATEHOUSE_MASTER_KEY',
  'GATEHOUSE_MASTER_KEY_NEW',
  'GATEHOUSE_ADMIN_TOKEN',
  'GATEHOUSE_EVENT_STORE',
  'GATEHOUSE_READ_MODELS',
  'GATEHOUSE_VAULT',
  'GATEHOUSE_MAIL',
] as const;

function withSecretFiles(env: Env): Env {
  const read = SECRET_SETTINGS.flatMap((name): [string, string][] => {
    const file = env[`${name}_FILE`];
    if (!file) return [];
    if (env[name]) throw new ConfigError(`Set ${name} or ${name}_FILE, not both.`);
    try {
      return [[name, readFileSync(file, 'utf8').trim()]];
    } catch {
      throw new ConfigError(`${name}_FILE names a file that cannot be read.`);
    }
  });
  return read.length === 0 ? env : { ...env, ...Object.fromEntries(read) };
}

/**
 * 32 bytes as 64 hex digits or base64; made and kept in the data folder if not given. With a server it must be given: what
 * is stored there outlives this machine's folder, and other processes need the same one.
 */
function masterKey(given: string | undefined, dataDir: string, engines: EngineSettings): Uint8Array {
  if (!given && kindOf(engines) !== 'embedded') {
    throw new ConfigError(
      'GATEHOUSE_MASTER_KEY is required with EventStoreDB or MongoDB, the same in every process: `openssl rand -hex 32` makes one.',
    );
  }
  const text = given ?? keptSecret(join(dataDir, 'master-key'), () => randomBytes(32).toString('hex'));
  return masterKeyFrom('GATEHOUSE_MASTER_KEY', text);
}

/** @param name of where the text is, for the message @throws ConfigError */
export function masterKeyFrom(name: string, text: string): Uint8Array {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== 32) throw new ConfigError(`${name} must be 32 bytes: 64 hex digits, or base64.`);
  return key;
}

/** What the master key is to become; undefined if the environment does not say. @throws ConfigError */
export function newMasterKey(env: Env): Uint8Array | undefined {
  const text = withSecretFiles(env)['GATEHOUSE_MASTER_KEY_NEW'];
  return text ? masterKeyFrom('GATEHOUSE_MASTER_KEY_NEW', text) : undefined;
}

function adminToken(given: string | undefined, dataDir: string): string {
  const token = given ?? keptSecret(join(dataDir, 'admin-token'), () => `gha_${randomBytes(24).toString('base64url')}`);
  if (!/^[\x21-\x7e]{20,}$/.test(token))
    throw new ConfigError('GATEHOUSE_ADMIN_TOKEN must have at least 20 characters: letters, digits, signs, no spaces.');
  return token;
}

/** The file comes to be whole, and once: half a secret, left by a crash, would keep the service from ever starting. */
function keptSecret(file: string, make: () => string): string {
  if (!existsSync(file)) {
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, `${make()}\n`, { mode: 0o600, flush: true });
    try {
      linkSync(unfinished, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(unfinished);
    }
  }
  return readFileSync(file, 'utf8').trim();
}
