import type { RefusalDefinition } from '../core/refusal.js';

export const dcrProviderRefusals = {
  dcr_provider_not_found: { kind: 'not-found', detail: 'There is no registration provider [{id}].' },
  dcr_provider_type_not_spoken: {
    kind: 'invalid',
    field: 'provider_type',
    detail:
      'Clients of {type} are registered by a protocol of its own, which is not spoken here. Put an HTTP bridge in front of it and use the type http.',
  },
  dcr_provider_incomplete: {
    kind: 'invalid',
    field: 'dcr_config',
    detail: 'A provider of type {type} needs [{missing}].',
  },
  dcr_provider_setting_foreign: {
    kind: 'invalid',
    field: 'dcr_config',
    detail: 'A provider of type {type} has no setting [{foreign}].',
  },
  dcr_address_insecure: {
    kind: 'invalid',
    field: 'dcr_config',
    detail: '[{setting}] must be an https address; http is for hosts of a private network only.',
  },
  dcr_several_credentials: {
    kind: 'invalid',
    field: 'dcr_config',
    detail:
      'An application has one client secret at a time here; leave allow_multiple_credentials out or set it to false.',
  },
  dcr_provider_in_use: {
    kind: 'conflict',
    detail:
      'The provider is used by {strategies} auth strategies, and {clients} clients are registered there. Delete the strategies and their applications first.',
  },
} as const satisfies Record<string, RefusalDefinition>;
