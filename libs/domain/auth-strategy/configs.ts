import type { Refusal } from '../core/refusal.js';
import { isRefusal, refuse } from '../core/refusal.js';
import type { KeyAuthConfig, OpenIdConnectChanges, StrategyConfigChanges } from './commands.js';
import type { KeyAuth, OpenIdConnect, StrategyType } from './events.js';

/** A strategy's configuration as events and states hold it. */
export interface Configs {
  readonly key_auth: KeyAuth | null;
  readonly openid_connect: OpenIdConnect | null;
}

export const NO_CONFIGS: Configs = { key_auth: null, openid_connect: null };

const CONFIG_OF = { key_auth: 'key-auth', openid_connect: 'openid-connect' } as const;
const DECLARED = ['issuer', 'credential_claim', 'scopes', 'auth_methods'] as const;
const MAX_CHARACTERS = 16_384;
const MAX_DEPTH = 20;

/** Names of plugin settings that hold secrets: client_secret, session_secret, redis.password, client_jwk and their like. */
const SECRET_NAME = /(^|[_.-])(secret|password|passphrase|jwk|private_key|proxy_authorization)s?$/i;

function depth(value: unknown, level = 0): number {
  if (typeof value !== 'object' || value === null || level > MAX_DEPTH) return level;
  return Object.values(value).reduce<number>((deepest, inner) => Math.max(deepest, depth(inner, level + 1)), level + 1);
}

function secretName(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (inner !== null && SECRET_NAME.test(name)) return name;
    const found = secretName(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

const keyAuth = (now: KeyAuth | null, given: KeyAuthConfig): KeyAuth => ({
  key_names: given.key_names ?? now?.key_names ?? ['apikey'],
  ttl: given.ttl === undefined ? (now?.ttl ?? null) : given.ttl && { value: given.ttl.value, unit: given.ttl.unit },
});

/** Settings that no field declares, merged; a null takes one away. Sorted, so that equal settings are equal texts. */
function otherSettings(now: string, given: object): string | Refusal {
  if (depth(given) > MAX_DEPTH)
    return refuse('auth_strategy_config_too_large', { characters: MAX_CHARACTERS, depth: MAX_DEPTH });
  const key = secretName(given);
  if (key !== undefined) return refuse('auth_strategy_config_secret', { key });
  const merged = Object.entries({ ...(JSON.parse(now) as object), ...given })
    .filter(([name, value]) => value !== null && !(DECLARED as readonly string[]).includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify(Object.fromEntries(merged));
  return text.length > MAX_CHARACTERS
    ? refuse('auth_strategy_config_too_large', { characters: MAX_CHARACTERS, depth: MAX_DEPTH })
    : text;
}

function openIdConnect(now: OpenIdConnect | null, given: OpenIdConnectChanges): OpenIdConnect | Refusal {
  const other = otherSettings(now?.other ?? '{}', given);
  if (typeof other !== 'string') return other;
  const { issuer, credential_claim, scopes, auth_methods } = { ...now, ...given };
  if (issuer === undefined || !credential_claim || !scopes || !auth_methods) {
    const missing = DECLARED.filter((name) => given[name] === undefined && now?.[name] === undefined);
    return refuse('auth_strategy_config_incomplete', { missing: missing.join(', ') });
  }
  return { issuer, credential_claim, scopes, auth_methods, other };
}

/** The configuration after changes (none yet: `NO_CONFIGS`), or why it cannot be: pure, and the same for create and edit. */
export function configsAfter(now: Configs, type: StrategyType, given: StrategyConfigChanges): Configs | Refusal {
  const expected = CONFIG_OF[type];
  const foreign = given[type === 'key_auth' ? 'openid-connect' : 'key-auth'];
  const own = given[expected];
  if (own === undefined || foreign !== undefined) return refuse('auth_strategy_config_mismatch', { type, expected });
  if (type === 'key_auth') return { ...NO_CONFIGS, key_auth: keyAuth(now.key_auth, own as KeyAuthConfig) };
  const openid_connect = openIdConnect(now.openid_connect, own as OpenIdConnectChanges);
  return isRefusal(openid_connect) ? openid_connect : { ...NO_CONFIGS, openid_connect };
}
