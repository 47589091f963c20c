import { Email, Id, Name, Reason } from '../core/validation.js';

export class RegisterDeveloper {
  @Id() portal_id!: string;
  @Email() email!: string;
  @Name(250) full_name!: string;
}

export class RepeatSignUp {
  @Id() developer_id!: string;
}

export class ConfirmEmail {
  @Id() developer_id!: string;
}

export class RequestPasswordReset {
  @Id() developer_id!: string;
}

export class SetPassword {
  @Id() developer_id!: string;
}

/** ApproveDeveloper, RejectDeveloper, RevokeDeveloper, RemoveDeveloper all name a developer and may say why. */
export class ApproveDeveloper {
  @Id() developer_id!: string;
  @Reason() reason?: string | null;
}

export class RejectDeveloper {
  @Id() developer_id!: string;
  @Reason() reason?: string | null;
}

export class RevokeDeveloper {
  @Id() developer_id!: string;
  @Reason() reason?: string | null;
}

export class RemoveDeveloper {
  @Id() developer_id!: string;
  @Reason() reason?: string | null;
}
