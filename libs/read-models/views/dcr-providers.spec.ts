import { project, type EventNotation } from '../testing.js';
import { dcrProviders } from './dcr-providers.js';

const created: EventNotation = [
  'dcrProvider-dp1',
  'dcr-provider.created.v1',
  {
    provider_type: 'http',
    name: 'Brücke',
    display_name: null,
    issuer: 'https://idp.example.org',
    labels: [],
    dcr_base_url: 'https://bridge.example.org',
    disable_event_hooks: false,
    disable_refresh_secret: false,
    initial_client_id: null,
    registration_endpoint: null,
    secret_ref: 'secret:v1:place',
  },
];

describe('view registration_providers', () => {
  it('holds the state, and not where the secret is', async () => {
    const edited: EventNotation = ['dcrProvider-dp1', 'dcr-provider.edited.v1', { disable_event_hooks: true }];
    const doc = (await project(dcrProviders, [created, edited])).get('dp1');
    expect(doc).toMatchObject({ id: 'dp1', name_folded: 'brucke', disable_event_hooks: true, revision: 1 });
    expect(JSON.stringify(doc)).not.toContain('secret:v1');
  });

  it('forgets a deleted provider', async () => {
    const deleted: EventNotation = ['dcrProvider-dp1', 'dcr-provider.deleted.v1', { reason: null }];
    expect((await project(dcrProviders, [created, deleted])).size).toBe(0);
  });
});
