import { Id, Ids, Integer, Name, Nullable, Optional, Reason, RedirectUri, Strings, Text } from '../core/validation.js';

/** Scopes of an identity provider: at most 50 of 128 characters, as an auth strategy may list. */
const Scopes = () => Strings(50, 128);

export class CreateApplication {
  @Id() developer_id!: string;
  @Name(255) name!: string;
  @Text(255) description?: string | null;
  /** Made (a UUID) when absent. */
  @Optional() @Name(255) reference_id?: string;
  @Nullable() @RedirectUri() redirect_uri?: string | null;
  /** The portal's default when absent or null. */
  @Nullable() @Id() auth_strategy_id?: string | null;
  @Optional() @Scopes() scopes?: string[];
}

export class EditApplication {
  @Id() application_id!: string;
  @Optional() @Name(255) name?: string;
  @Text(255) description?: string | null;
  @Optional() @Name(255) reference_id?: string;
  @Nullable() @RedirectUri() redirect_uri?: string | null;
  @Optional() @Scopes() scopes?: string[];
}

export class DeleteApplication {
  @Id() application_id!: string;
  @Reason() reason?: string | null;
}

export class RequestAccess {
  @Id() application_id!: string;
  @Id() product_version_id!: string;
  @Optional() @Scopes() scopes?: string[];
  @Reason() reason?: string | null;
}

export class WithdrawAccess {
  @Id() application_id!: string;
  @Id() registration_id!: string;
  @Reason() reason?: string | null;
}

/** A decision on registrations: those it names, or every one that waits for it. All or nothing. */
class AccessDecision {
  @Id() application_id!: string;
  @Optional() @Ids(500, 1) registration_ids?: string[];
  /** The revision of the application that the decider saw; refused if it has changed since. */
  @Optional() @Integer(0) expected_revision?: number;
  @Reason() reason?: string | null;
}

/** Names none: all that are pending. */
export class ApproveApp extends AccessDecision {}

/** Names none: all that are pending. */
export class RejectApp extends AccessDecision {}

/** Names none: all that are approved. */
export class RevokeApp extends AccessDecision {}

export class GenerateCredential {
  @Id() application_id!: string;
  @Optional() @Name(255) display_name?: string;
}

export class RenameCredential {
  @Id() application_id!: string;
  @Id() credential_id!: string;
  @Name(255) display_name!: string;
}

export class RotateCredential {
  @Id() application_id!: string;
  @Id() credential_id!: string;
  /** How long the old key stays good, in seconds: a day when absent, never longer than the portal allows. 0: it ends at once. */
  @Optional() @Integer(0) overlap_seconds?: number;
  /** That of the old credential when absent. */
  @Optional() @Name(255) display_name?: string;
}

export class RevokeCredential {
  @Id() application_id!: string;
  @Id() credential_id!: string;
  @Reason() reason?: string | null;
}

export class ExpireCredential {
  @Id() application_id!: string;
  @Id() credential_id!: string;
}
