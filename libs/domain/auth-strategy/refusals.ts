import type { RefusalDefinition } from '../core/refusal.js';

export const authStrategyRefusals = {
  auth_strategy_not_found: { kind: 'not-found', detail: 'There is no auth strategy [{id}].' },
  auth_strategy_type_fixed: {
    kind: 'invalid',
    detail: 'The type of a strategy cannot change from {from} to {to}; create another strategy.',
    field: 'strategy_type',
  },
  auth_strategy_config_mismatch: {
    kind: 'invalid',
    detail: 'A strategy of type {type} has exactly the configuration [{expected}].',
    field: 'configs',
  },
  auth_strategy_config_incomplete: {
    kind: 'invalid',
    detail: 'The configuration of an openid-connect strategy needs [{missing}].',
    field: 'configs',
  },
  auth_strategy_config_too_large: {
    kind: 'invalid',
    detail: 'Further plugin settings may have {characters} characters of JSON and {depth} levels at most.',
    field: 'configs',
  },
  auth_strategy_config_secret: {
    kind: 'invalid',
    detail:
      'The log keeps what it is told for ever, so no secret may be in it: leave out [{key}] and set it at the gateway.',
    field: 'configs',
  },
  dcr_needs_openid_connect: {
    kind: 'invalid',
    detail: 'Clients are registered for openid_connect strategies only; leave dcr_provider_id out or set it to null.',
    field: 'dcr_provider_id',
  },
  dcr_provider_unknown: {
    kind: 'invalid',
    detail: 'There is no registration provider [{id}]. Create it first.',
    field: 'dcr_provider_id',
  },
  auth_strategy_dcr_fixed: {
    kind: 'conflict',
    detail:
      'The strategy is used by {applications} applications, whose clients are where they are: its provider cannot change. Create another strategy.',
    field: 'dcr_provider_id',
  },
  auth_strategy_in_use: {
    kind: 'conflict',
    detail:
      'The strategy is used by {applications} applications and {publications} published product versions and is the default of {portals} portals. Applications keep theirs until they are deleted; give the others another one first.',
  },
} as const satisfies Record<string, RefusalDefinition>;
