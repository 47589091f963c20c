import passport from 'passport';
import type { Claims, PortalStrategy } from './strategy.js';
import { SignOnFailed } from './failure.js';

export type Outcome = { readonly redirect: string } | { readonly claims: Claims };

/** The parts of a request and a response that passport and the strategy touch. */
type Middleware = (request: object, response: object, next: (error?: unknown) => void) => void;

/** A failure of ours, or one inside what the library made of it. */
function failureIn(error: unknown): unknown {
  if (error instanceof SignOnFailed) return error;
  const { oauthError } = (error ?? {}) as { oauthError?: unknown };
  return oauthError instanceof SignOnFailed ? oauthError : error;
}

/**
 * Runs a strategy through passport without Express: either the browser is to be sent somewhere, or somebody is known.
 * @throws SignOnFailed, or whatever else went wrong
 */
export function runStrategy(
  build: (onFailure: (error: unknown) => void) => PortalStrategy,
  query: Readonly<Record<string, string>>,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(failureIn(error) as Error);
    const runner = new passport.Passport();
    runner.use(build(fail));
    const done = (error: unknown, claims?: unknown) => {
      if (error) fail(error);
      // The library refused what our own checks had let through.
      else if (!claims) fail(new SignOnFailed('id-token-refused'));
      else resolve({ claims: claims as Claims });
    };
    const authenticate = runner.authenticate('openidconnect', { session: false }, done) as unknown as Middleware;
    const headers: Record<string, string> = {};
    const response = {
      statusCode: 200,
      setHeader: (name: string, value: string) => void (headers[name.toLowerCase()] = value),
      end: () => resolve({ redirect: headers['location'] ?? '' }),
    };
    try {
      authenticate({ query, headers: {} }, response, fail);
    } catch (error) {
      fail(error);
    }
  });
}
