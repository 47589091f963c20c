import {
  Flag,
  Id,
  Integer,
  KeyNames,
  Labels,
  LabelsUpdate,
  Name,
  Nested,
  Nullable,
  OneOf,
  Optional,
  Reason,
  Strings,
  Uri,
} from '../core/validation.js';
import { STRATEGY_TYPES, TTL_UNITS } from './events.js';
import type { StrategyType, Ttl } from './events.js';

/** Keeps every expiry before the year 10000, where ISO 8601 dates of four digits end. */
const MAX_TTL = 5000;

export class TtlConfig implements Ttl {
  @Integer(1, MAX_TTL) value!: number;
  @OneOf(TTL_UNITS) unit!: Ttl['unit'];
}

export class KeyAuthConfig {
  @Optional() @KeyNames(10, 256) key_names?: string[];
  @Nullable() @Nested(TtlConfig) ttl?: TtlConfig | null;
}

/** Beside these, whatever else the gateway's plugin understands. */
export class OpenIdConnectConfig {
  @Uri(256) issuer!: string;
  @Strings(10, 128) credential_claim!: string[];
  @Strings(50, 128) scopes!: string[];
  @Strings(10, 64) auth_methods!: string[];
}

export class OpenIdConnectChanges {
  @Optional() @Uri(256) issuer?: string;
  @Optional() @Strings(10, 128) credential_claim?: string[];
  @Optional() @Strings(50, 128) scopes?: string[];
  @Optional() @Strings(10, 64) auth_methods?: string[];
}

export class StrategyConfigs {
  @Optional() @Nested(KeyAuthConfig) 'key-auth'?: KeyAuthConfig;
  @Optional() @Nested(OpenIdConnectConfig, { open: true }) 'openid-connect'?: OpenIdConnectConfig;
}

export class StrategyConfigChanges {
  @Optional() @Nested(KeyAuthConfig) 'key-auth'?: KeyAuthConfig;
  @Optional() @Nested(OpenIdConnectChanges, { open: true }) 'openid-connect'?: OpenIdConnectChanges;
}

export class CreateAuthStrategy {
  @Name(256) name!: string;
  @Name(256) display_name!: string;
  @OneOf(STRATEGY_TYPES) strategy_type!: StrategyType;
  @Nested(StrategyConfigs) configs!: StrategyConfigs;
  @Labels() labels?: Record<string, string>;
  @Nullable() @Id() dcr_provider_id?: string | null;
}

export class EditAuthStrategy {
  @Id() auth_strategy_id!: string;
  @Optional() @Name(256) name?: string;
  @Optional() @Name(256) display_name?: string;
  /** May be repeated, not changed. */
  @Optional() @OneOf(STRATEGY_TYPES) strategy_type?: StrategyType;
  @Optional() @Nested(StrategyConfigChanges) configs?: StrategyConfigChanges;
  @LabelsUpdate() labels?: Record<string, string | null> | null;
  @Nullable() @Id() dcr_provider_id?: string | null;
  /** The labels and the configuration given are all there shall be, instead of changes to the present ones. */
  @Optional() @Flag() replace?: boolean;
}

export class DeleteAuthStrategy {
  @Id() auth_strategy_id!: string;
  @Reason() reason?: string | null;
}
