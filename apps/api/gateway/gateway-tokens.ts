import { isPrivate, type Config } from '../config.js';
import type { Bearers, Found } from '../http/bearers.js';

/** A gateway that may ask; limited to one portal if that is set. Undefined: it may not. */
export type Asker = { readonly portal?: string } | undefined;

const ANYTHING: Asker = {};

/** Who asks, by the header Gatehouse-Token: at once where it is at hand. None is needed on loopback. */
export function gatewayTokens({
  bearers,
  config,
}: {
  readonly bearers: Bearers;
  readonly config: Config;
}): (token: unknown) => Asker | Promise<Asker> {
  return (token) => {
    if (token === undefined) return isPrivate(config) ? ANYTHING : undefined;
    if (typeof token !== 'string') return undefined;
    const found = bearers.find(token);
    return found instanceof Promise ? found.then(askerOf) : askerOf(found);
  };
}

function askerOf(found: Found): Asker {
  if ('refused' in found || !found.roles.some((role) => role === 'gateway' || role === 'admin')) return undefined;
  return found.portal === undefined ? ANYTHING : { portal: found.portal };
}
