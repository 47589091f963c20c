import { portalCreated } from '../testing/events.js';
import { testId, when, type Given } from '../testing/given.js';
import { team, type TeamState } from '../team/state.js';
import { portalEntries } from './entries.js';
import { portal } from './state.js';
import { teamsOfGroups } from './team-groups.js';
import type { PortalEvent } from './events.js';

const PORTAL = testId('portal');
const [A, B, C] = [testId('a'), testId('b'), testId('c')];
const aTeam = (id: string, changes: Partial<TeamState> = {}) => ({
  id,
  state: { ...team.initialState, exists: true, portal_id: PORTAL, ...changes },
  revision: 0,
});
const provider: PortalEvent = {
  type: 'portal.identity-provider-added.v1',
  data: {
    identity_provider_id: testId('provider'),
    type: 'oidc',
    enabled: true,
    issuer_url: 'https://idp.example.org',
    client_id: 'portal',
    client_secret_ref: null,
    scopes: ['openid'],
    claim_mappings: { name: 'name', email: 'email', groups: 'groups' },
  },
};
const began = [portalCreated(), provider];

const map = (mappings: object, given: Given = {}) =>
  when(
    portal,
    portalEntries['MapGroupsToTeams'],
    { portal_id: PORTAL, mappings },
    {
      events: began,
      ...given,
      facts: Object.fromEntries([A, B, C].map((id) => [`team:${id}`, given.facts?.[id] ?? aTeam(id)])),
    },
  );
const one = (team_id: string, ...groups: string[]) => ({ team_id, groups });

describe('MapGroupsToTeams', () => {
  it('replaces the groups of the teams it names, and records only those that changed', () => {
    const first = map([one(A, 'devs', 'ops'), one(B, 'sales')]);
    expect(first.state.team_groups).toEqual([one(A, 'devs', 'ops'), one(B, 'sales')]);
    const { events, state } = map([one(A, 'devs'), one(B, 'sales'), one(C, 'qa')], { events: first.past });
    expect(events).toEqual([
      { type: 'portal.team-groups-mapped.v1', data: { mappings: [one(A, 'devs'), one(C, 'qa')] } },
    ]);
    expect(state.team_groups).toEqual([one(A, 'devs'), one(B, 'sales'), one(C, 'qa')]);
  });

  it('takes a mapping away with an empty list, also of a team that is gone', () => {
    const { past } = map([one(A, 'devs')]);
    const facts = { [A]: aTeam(A, { exists: false }) };
    expect(map([one(A)], { events: past, facts }).state.team_groups).toEqual([]);
  });

  it.each([[[]], [[one(A)]], [[one(A, 'devs')]]])('is unchanged with %j, where that is so already', (mappings) => {
    const { past } = map(mappings);
    expect(map(mappings, { events: past }).events).toEqual([]);
  });

  it('needs an identity provider to have groups of', () => {
    expect(map([one(A, 'devs')], { events: [portalCreated()] }).refusal?.refusal).toBe('no_identity_provider');
  });

  it.each([
    ['gone', { exists: false }],
    ['of another portal', { portal_id: testId('elsewhere') }],
  ])('needs teams that are there: not one that is %s', (_, changes) => {
    const { refusal } = map([one(A, 'x'), one(B, 'devs')], { facts: { [B]: aTeam(B, changes) } });
    expect(refusal).toMatchObject({ refusal: 'mapped_team_unknown', params: { id: B } });
  });
});

it('groups lead to every team that one of them is mapped to', () => {
  const mappings = [one(A, 'devs', 'ops'), one(B, 'sales'), one(C, 'ops')];
  expect(teamsOfGroups(mappings, ['ops', 'qa'])).toEqual([A, C]);
  expect(teamsOfGroups(mappings, ['OPS'])).toEqual([]);
});
