/** A setting that cannot be used; the message names it and says what to do. Never holds its value: that may be a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
