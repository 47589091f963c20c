/** Which settings each type of provider has. */
import { refuse, type Refusal } from '../core/refusal.js';
import { isInsecureIssuer } from '../portal/identity-provider.js';
import type { DcrConfig } from './commands.js';
import type { ProviderSettings, SpokenType } from './events.js';

type Setting = keyof DcrConfig;

interface Settings {
  readonly may: readonly Setting[];
  readonly must: readonly Setting[];
  /** The one that holds the provider's secret. */
  readonly secret: Setting;
}

const SETTINGS: Readonly<Record<SpokenType, Settings>> = {
  http: {
    may: ['dcr_base_url', 'api_key', 'disable_event_hooks', 'disable_refresh_secret', 'allow_multiple_credentials'],
    must: ['dcr_base_url', 'api_key'],
    secret: 'api_key',
  },
  curity: {
    may: ['initial_client_id', 'initial_client_secret'],
    must: ['initial_client_id', 'initial_client_secret'],
    secret: 'initial_client_secret',
  },
  okta: { may: ['dcr_token'], must: ['dcr_token'], secret: 'dcr_token' },
  rfc7591: { may: ['registration_endpoint', 'initial_access_token'], must: [], secret: 'initial_access_token' },
};

/** The fields of commands that hold secrets. */
export const SECRET_FIELDS = Object.values(SETTINGS).map(({ secret }) => `dcr_config.${secret}`);

const KEPT = /^secret:v1:[\w-]+$/;

/** A secret in clear would end up in the log: whoever sends the command has it kept in the vault first. */
function kept(reference: unknown): string | undefined {
  if (reference === undefined) return undefined;
  if (typeof reference !== 'string' || !KEPT.test(reference)) {
    throw new Error("a registration provider's secret reached a decision in clear");
  }
  return reference;
}

/** Refuses settings that the type does not have or that cannot be; with `complete`, also those that are missing. */
export function configRefused(type: SpokenType, given: DcrConfig, complete: boolean): Refusal | undefined {
  const { may, must } = SETTINGS[type];
  const foreign = (Object.keys(given) as Setting[]).filter((name) => given[name] != null && !may.includes(name));
  if (foreign.length > 0) return refuse('dcr_provider_setting_foreign', { type, foreign: foreign.join(', ') });
  if (given.allow_multiple_credentials === true) return refuse('dcr_several_credentials');
  const missing = must.filter((name) => given[name] == null);
  return complete && missing.length > 0
    ? refuse('dcr_provider_incomplete', { type, missing: missing.join(', ') })
    : undefined;
}

/** Each is called with a secret, or says where to. Addresses that are not given stay as they are. */
export function addressRefused(given: {
  readonly [K in 'issuer' | 'dcr_base_url' | 'registration_endpoint']?: string | null | undefined;
}): Refusal | undefined {
  const { issuer, dcr_base_url, registration_endpoint } = given;
  const insecure = Object.entries({ issuer, dcr_base_url, registration_endpoint }).find(
    ([, address]) => address != null && isInsecureIssuer(address),
  );
  return insecure && refuse('dcr_address_insecure', { setting: insecure[0] });
}

type Configured = Omit<ProviderSettings, 'name' | 'display_name' | 'issuer' | 'labels'>;

/** What a command sets, in the words of events; undefined: left as it is. */
export const settingsIn = (
  type: SpokenType,
  given: DcrConfig,
): { [K in keyof Configured]: Configured[K] | undefined } => ({
  dcr_base_url: given.dcr_base_url,
  disable_event_hooks: given.disable_event_hooks,
  disable_refresh_secret: given.disable_refresh_secret,
  initial_client_id: given.initial_client_id,
  registration_endpoint: given.registration_endpoint,
  secret_ref: kept(given[SETTINGS[type].secret]),
});
