/** The HTTP bridge: a server of the operator's that registers clients wherever it likes. Its contract is that of Konnect. */
import { randomUUID } from 'node:crypto';
import type { DcrProviderState } from '#domain/dcr-provider/state.js';
import type { Outbound } from '#outbound/outbound.js';
import { clientIn } from './answers.js';
import { exchange, succeeded, type Reply, type Request } from './exchange.js';
import { recognisableName } from './names.js';
import { ProviderFailed, type RegistrationProtocol } from './protocol.js';

export interface BridgeOptions {
  readonly provider: Pick<DcrProviderState, 'dcr_base_url' | 'disable_event_hooks' | 'disable_refresh_secret'>;
  readonly apiKey: string;
  readonly outbound: Pick<Outbound, 'request'>;
}

/** A client that is not there: 404, or 410 where a bridge remembers it. */
const isGone = ({ status }: Reply): boolean => status === 404 || status === 410;

export function createBridge({ provider, apiKey, outbound }: BridgeOptions): RegistrationProtocol {
  const base = (provider.dcr_base_url ?? '').replace(/\/+$/, '');
  const call = (path: string, request: Request) =>
    exchange(outbound, `${base}${path}`, { ...request, headers: { 'x-api-key': apiKey, ...request.headers } });
  const at = (clientId: string) => `/${encodeURIComponent(clientId)}`;

  return {
    async register(details) {
      const json = {
        redirect_uris: details.redirect_uris,
        client_name: recognisableName(details),
        grant_types: details.auth_methods,
        scopes: details.scopes,
        token_endpoint_auth_method: 'client_secret_post',
        application_description: details.description,
        portal_id: details.portal_id,
        organization_id: details.organization_id,
        developer_id: details.developer_id,
        auth_strategy_id: details.auth_strategy_id,
        dcr_provider_id: details.dcr_provider_id,
      };
      const headers = { 'idempotency-key': details.application_id };
      return clientIn(succeeded(await call('/', { method: 'POST', json, headers })));
    },

    async remove({ client_id }) {
      const reply = await call(at(client_id), { method: 'DELETE' });
      if (!isGone(reply)) succeeded(reply);
    },

    async newSecret({ client_id }) {
      const renewed = clientIn(succeeded(await call(`${at(client_id)}/new-secret`, { method: 'POST' })));
      return renewed.client_secret;
    },

    async tell(hook, { client_id }, details) {
      if (provider.disable_event_hooks) return;
      const { type, ...rest } = hook;
      const json = {
        event_type: type,
        client_id,
        application_id: details.application_id,
        application_name: details.name,
        application_description: details.description,
        portal_id: details.portal_id,
        organization_id: details.organization_id,
        developer_id: details.developer_id,
        auth_strategy_id: details.auth_strategy_id,
        dcr_provider_id: details.dcr_provider_id,
        ...('product_version_id' in rest
          ? { api_product_version_id: rest.product_version_id }
          : { redirect_uris: details.redirect_uris }),
      };
      succeeded(await call(`${at(client_id)}/event-hook`, { method: 'POST', json }));
    },

    /** Deletes a client that cannot exist: that needs the address and the key, and leaves nothing behind. */
    async verify() {
      const key = randomUUID();
      try {
        const reply = await call(at(`verification-${key}`), { method: 'DELETE', headers: { 'idempotency-key': key } });
        const { status, headers } = reply;
        if (status === 401 || status === 403) return failed('The bridge refuses the API key.');
        if (status >= 500) return failed(`The bridge answers ${status}.`);
        if (status >= 300 && status < 400) return failed(`The bridge redirects (${status}); name its final address.`);
        return { errors: [], idempotent: headers.get('idempotency-key') === key };
      } catch (error) {
        if (error instanceof ProviderFailed) return failed(`${error.message}.`);
        throw error;
      }
    },
  };
}

const failed = (error: string) => ({ errors: [error], idempotent: false });
