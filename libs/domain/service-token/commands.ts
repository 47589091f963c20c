import { Id, Integer, Name, OneOf, Optional, Reason } from '../core/validation.js';
import { ROLES, type Role } from '../core/roles.js';

export class IssueServiceToken {
  /** Who it is for: the actor's name in the audit story. Several tokens may have the same, so that one can replace another. */
  @Name(64) name!: string;
  @OneOf(ROLES) role!: Role;
  /** Limits it to one portal: what belongs to another, or to none, it neither reads nor changes. */
  @Optional() @Id() portal_id?: string;
  /** Days until it expires; it does not when absent. */
  @Optional() @Integer(1, 3650) days?: number;
}

export class RevokeServiceToken {
  @Id() token_id!: string;
  @Reason() reason?: string | null;
}
