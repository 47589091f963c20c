import {
  Flag,
  Hostname,
  Id,
  Integer,
  Labels,
  LabelsUpdate,
  Name,
  Nullable,
  Optional,
  Reason,
  Text,
} from '../core/validation.js';

/** A year: an overlap that long is no rotation any more. */
const MAX_OVERLAP_SECONDS = 31_536_000;

/** Settings that may be given at creation and changed later. */
class Settings {
  @Optional() @Name(255) display_name?: string;
  @Text(512) description?: string | null;
  @Optional() @Flag() is_public?: boolean;
  @Optional() @Flag() rbac_enabled?: boolean;
  @Optional() @Flag() auto_approve_applications?: boolean;
  @Optional() @Flag() auto_approve_developers?: boolean;
  @Nullable() @Hostname() custom_domain?: string | null;
  @Nullable() @Hostname() custom_client_domain?: string | null;
  @Nullable() @Id() default_application_auth_strategy_id?: string | null;
  @Optional() @Integer(0, MAX_OVERLAP_SECONDS) max_rotation_overlap_seconds?: number;
  @Optional() @Flag() keep_keys_of_revoked_developers?: boolean;
  @Optional() @Flag() require_registration_for_keys?: boolean;
}

export class CreatePortal extends Settings {
  @Name(255) name!: string;
  @Labels() labels?: Record<string, string>;
}

export class ChangePortalSettings extends Settings {
  @Id() portal_id!: string;
  @Optional() @Name(255) name?: string;
  @LabelsUpdate() labels?: Record<string, string | null> | null;
}

export class DeletePortal {
  @Id() portal_id!: string;
  /** Deletes it with its developers, their applications and its publications. */
  @Optional() @Flag() force?: boolean;
  @Reason() reason?: string | null;
}
