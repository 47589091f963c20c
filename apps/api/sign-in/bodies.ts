import { IsString, MaxLength, MinLength } from 'class-validator';
import { all, Email, Id, Name } from '#domain/core/validation.js';

/** A password that is to be compared: any characters; what a new one must be like is the password policy's business. */
const Password = (): PropertyDecorator => all(IsString(), MinLength(1), MaxLength(1024));

export class SignUpBody {
  @Email() email!: string;
  @Name(250) full_name!: string;
}

export class EmailBody {
  @Email() email!: string;
}

export class TokenBody {
  @Id() token!: string;
}

export class NewPasswordBody {
  @Password() password!: string;
  @Id() token!: string;
}

export class SignInBody {
  @Email() username!: string;
  @Password() password!: string;
}
