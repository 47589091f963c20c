import { dcrProviderEvents } from '#domain/dcr-provider/events.js';
import { dcrProvider } from '#domain/dcr-provider/state.js';
import { foldText } from '../fold-text.js';
import { mirror } from '../mirror.js';
import type { View } from '../port.js';

/** One document per registration provider: its state, without where its secret is. */
export const dcrProviders: View = {
  name: 'registration_providers',
  version: 1,
  indexes: [['name_folded'], ['created_at'], ['provider_type']],
  rules: mirror({
    events: dcrProviderEvents,
    decider: dcrProvider,
    also: ({ name, issuer, provider_type, initial_client_id }) => ({
      name_folded: foldText(name),
      provider_type_folded: foldText(provider_type),
      issuer_folded: foldText(issuer),
      initial_client_id_folded: foldText(initial_client_id ?? ''),
    }),
    without: ['secret_ref'],
  }),
};
