import { Email, Flag, Id, Name } from '../core/validation.js';

/** What an identity provider says of a person who has just signed in there. Sent by the service itself, never by a person. */
class Identity {
  @Id() identity_provider_id!: string;
  @Name(2048) issuer!: string;
  @Name(255) subject!: string;
  @Email() email!: string;
  @Flag() email_verified!: boolean;
}

export class RegisterDeveloperByIdentity extends Identity {
  @Id() portal_id!: string;
  @Name(250) full_name!: string;
}

export class LinkIdentity extends Identity {
  @Id() developer_id!: string;
}
