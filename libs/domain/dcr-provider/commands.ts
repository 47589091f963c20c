import { Matches } from 'class-validator';
import {
  all,
  Flag,
  Id,
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
import { PROVIDER_TYPES, type ProviderType, type Verification } from './events.js';

/** What a header can carry. The decision sees where the secret is kept, never the secret. */
const Secret = (max: number, min = 1) => all(Optional(), Name(max, min), Matches(/^[\x21-\x7e]+$/));

/** The settings of all types; which of them a type has, and needs, the decision says. */
export class DcrConfig {
  @Optional() @Uri(2048) dcr_base_url?: string;
  @Secret(256, 12) api_key?: string;
  @Optional() @Flag() disable_event_hooks?: boolean;
  @Optional() @Flag() disable_refresh_secret?: boolean;
  @Optional() @Flag() allow_multiple_credentials?: boolean;
  @Optional() @Name(256) initial_client_id?: string;
  @Secret(256) initial_client_secret?: string;
  @Nullable() @Name(256) initial_client_audience?: string | null;
  @Optional() @Flag() use_developer_managed_scopes?: boolean;
  @Secret(4096) dcr_token?: string;
  @Secret(4096) initial_access_token?: string;
  @Nullable() @Uri(2048) registration_endpoint?: string | null;
}

export class CreateDcrProvider {
  @OneOf(PROVIDER_TYPES) provider_type!: ProviderType;
  @Name(256) name!: string;
  @Nullable() @Name(256) display_name?: string | null;
  @Uri(256) issuer!: string;
  @Optional() @Nested(DcrConfig) dcr_config?: DcrConfig;
  @Labels() labels?: Record<string, string>;
}

export class EditDcrProvider {
  @Id() dcr_provider_id!: string;
  @Optional() @Name(256) name?: string;
  @Nullable() @Name(256) display_name?: string | null;
  @Optional() @Uri(256) issuer?: string;
  /** Only the settings to be changed. */
  @Optional() @Nested(DcrConfig) dcr_config?: DcrConfig;
  @LabelsUpdate() labels?: Record<string, string | null> | null;
}

export class DeleteDcrProvider {
  @Id() dcr_provider_id!: string;
  @Reason() reason?: string | null;
}

export class RecordDcrVerification implements Verification {
  @Id() dcr_provider_id!: string;
  @OneOf(['success', 'failed']) status!: Verification['status'];
  @Strings(10, 300) errors!: string[];
  @Flag() idempotent!: boolean;
}
