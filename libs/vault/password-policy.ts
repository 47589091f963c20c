import { isCommonPassword } from './common-passwords.js';

export const MIN_PASSWORD_LENGTH = 12;
export const MAX_PASSWORD_LENGTH = 128;

/** A local part shorter than this may occur in a password by chance. */
const MIN_LOCAL_PART = 4;

/** One broken rule, in the vocabulary of invalid parameters. Never holds anything of the password. */
export type PasswordViolation =
  | { readonly rule: 'min_length'; readonly minimum: number; readonly reason: string }
  | { readonly rule: 'max_length'; readonly maximum: number; readonly reason: string }
  | { readonly rule: 'invalid'; readonly reason: string };

/** The form in which passwords are compared and hashed: NFC, so that keyboards that compose differently agree (RFC 8265, section 4.2). */
export const normalizePassword = (password: string): string => password.normalize('NFC');

/**
 * What keeps a text from being this account's password; empty: nothing. Length counts code points; any character is
 * allowed, none is demanded (NIST SP 800-63B, section 5.1.1.2).
 */
export function passwordViolations(password: string, email?: string): readonly PasswordViolation[] {
  const normal = normalizePassword(password);
  const length = [...normal].length;
  if (length < MIN_PASSWORD_LENGTH) {
    const reason = `must have at least ${MIN_PASSWORD_LENGTH} characters`;
    return [{ rule: 'min_length', minimum: MIN_PASSWORD_LENGTH, reason }];
  }
  if (length > MAX_PASSWORD_LENGTH) {
    const reason = `must not have more than ${MAX_PASSWORD_LENGTH} characters`;
    return [{ rule: 'max_length', maximum: MAX_PASSWORD_LENGTH, reason }];
  }
  const violations: PasswordViolation[] = [];
  if (isCommonPassword(normal)) {
    violations.push({
      rule: 'invalid',
      reason: 'is made of common words and sequences; choose one that is harder to guess',
    });
  }
  if (email !== undefined && containsEmail(normal, email)) {
    violations.push({ rule: 'invalid', reason: 'must not contain the e-mail address or the part before its @' });
  }
  return violations;
}

function containsEmail(password: string, email: string): boolean {
  const text = password.toLowerCase();
  const address = email.trim().normalize('NFC').toLowerCase();
  const localPart = address.slice(0, address.lastIndexOf('@'));
  return (address !== '' && text.includes(address)) || (localPart.length >= MIN_LOCAL_PART && text.includes(localPart));
}
