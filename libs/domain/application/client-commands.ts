import { Flag, Id, Name, Nullable, OneOf, Optional } from '../core/validation.js';
import { CLIENT_FAILURES, type ClientFailure } from './client-events.js';

/** The outcome of a registration. The secret goes into the answer and nowhere else. */
export class RecordClient {
  @Id() application_id!: string;
  @Name(512) client_id!: string;
  @Name(4096) client_secret!: string;
}

/** The registration came to nothing, and the application with it. */
export class FailClient {
  @Id() application_id!: string;
  @OneOf(CLIENT_FAILURES) why!: ClientFailure;
  @Flag() may_exist!: boolean;
  /** The client that was made and is not wanted, where it is known. */
  @Optional() @Name(512) client_id?: string;
}

/** What a failed registration had made: the client's id, or null for nothing. */
export class ResolveClient {
  @Id() application_id!: string;
  @Nullable() @Name(512) client_id?: string | null;
}

export class RecordClientDeletion {
  @Id() application_id!: string;
}

export class ResetClientSecret {
  @Id() application_id!: string;
}

/** The outcome of a reset: the new secret, which goes into the answer and nowhere else, or why there is none. */
export class RecordClientSecret {
  @Id() application_id!: string;
  @Optional() @Name(4096) client_secret?: string;
  @Optional() @OneOf(CLIENT_FAILURES) why?: ClientFailure;
}
