import fc from 'fast-check';
import { portal, type PortalState } from '../portal/state.js';
import { portalCreated, developerWith } from '../testing/events.js';
import { read, testId, when, type Given } from '../testing/given.js';
import { team, type TeamState } from '../team/state.js';
import { developerEntries } from './entries.js';
import { developer } from './state.js';

const ID = testId('developer');
const PORTAL = testId('portal');
const T = ['a', 'b', 'c', 'd'].map((name) => testId(`team ${name}`)) as [string, string, string, string];

const aTeam = (id: string, changes: Partial<TeamState> = {}) => ({
  id,
  state: { ...team.initialState, exists: true, portal_id: PORTAL, ...changes },
  revision: 0,
});
const aPortal = (changes: Partial<PortalState> = {}) => {
  const found = read(portal, PORTAL, [portalCreated()]);
  return { ...found, state: { ...found.state, idp_mapping_enabled: true, ...changes } };
};

const send = (name: string, fields: object, given: Given = {}) =>
  when(
    developer,
    developerEntries[name],
    { developer_id: ID, ...fields },
    {
      events: developerWith('approved'),
      ...given,
      facts: { portal: aPortal(), team: aTeam(T[0]), ...given.facts },
    },
  );

describe('AddDeveloperToTeam', () => {
  it('puts the developer into the team by hand; the reason is sealed', () => {
    const { events, state } = send('AddDeveloperToTeam', { team_id: T[0], reason: 'A partner' });
    const data = { team_id: T[0], source: 'manual', reason: 'A partner' };
    expect(events).toEqual([{ type: 'developer.added-to-team.v1', data, subject: ID }]);
    expect(state.teams).toEqual([{ team_id: T[0], source: 'manual' }]);
    expect(send('AddDeveloperToTeam', { team_id: T[0] }).events[0]).not.toHaveProperty('subject');
  });

  it.each([
    ['no team', { team: aTeam(T[0], { exists: false }) }, 'team_not_found'],
    ['a team of another portal', { team: aTeam(T[0], { portal_id: testId('elsewhere') }) }, 'team_not_found'],
    [
      'a portal that goes by groups alone',
      { portal: aPortal({ konnect_mapping_enabled: false }) },
      'teams_from_groups_only',
    ],
  ])('is refused for %s', (_, facts, refusal) => {
    expect(send('AddDeveloperToTeam', { team_id: T[0] }, { facts }).refusal?.refusal).toBe(refusal);
  });

  it('is refused twice', () => {
    const { past } = send('AddDeveloperToTeam', { team_id: T[0] });
    expect(send('AddDeveloperToTeam', { team_id: T[0] }, { events: past }).refusal?.refusal).toBe('developer_in_team');
  });
});

describe('RemoveDeveloperFromTeam', () => {
  it('takes the developer out, also where the team is gone', () => {
    const { past } = send('AddDeveloperToTeam', { team_id: T[0] });
    const { types, state } = send('RemoveDeveloperFromTeam', { team_id: T[0] }, { events: past, facts: {} });
    expect([types, state.teams]).toEqual([['developer.removed-from-team.v1'], []]);
  });

  it('needs a membership', () => {
    expect(send('RemoveDeveloperFromTeam', { team_id: T[0] }).refusal?.refusal).toBe('developer_not_in_team');
  });
});

it.each([
  ['AddDeveloperToTeam', { team_id: T[0] }],
  ['RemoveDeveloperFromTeam', { team_id: T[0] }],
  ['SetTeamsFromGroups', { groups: [] }],
])('%s is refused before sign-up and after removal', (name, fields) => {
  const removed = { type: 'developer.removed.v1', data: { reason: null } };
  for (const events of [[], [...developerWith('approved'), removed]]) {
    expect(send(name, fields, { events }).refusal?.refusal).toBe('developer_not_found');
  }
});

it('a removed developer is in no team', () => {
  const { past } = send('AddDeveloperToTeam', { team_id: T[0] });
  expect(send('RemoveDeveloper', {}, { events: past }).state.teams).toEqual([]);
});

describe('SetTeamsFromGroups', () => {
  const mappings = (...groups: readonly (readonly string[])[]) =>
    groups.map((list, index) => ({ team_id: T[index]!, groups: list }));
  const factsFor = (team_groups: PortalState['team_groups'], changes: Partial<PortalState> = {}) => ({
    portal: aPortal({ team_groups, ...changes }),
    ...Object.fromEntries(T.map((id) => [`team:${id}`, aTeam(id)])),
  });
  const set = (groups: readonly string[], given: Given) => send('SetTeamsFromGroups', { groups }, given);

  it('gives the teams that the groups lead to', () => {
    const { events } = set(['devs', 'qa'], { facts: factsFor(mappings(['devs', 'ops'], ['sales'], ['qa'])) });
    expect(events).toEqual(
      [T[0], T[2]].map((team_id) => ({
        type: 'developer.added-to-team.v1',
        data: { team_id, source: 'groups', reason: null },
      })),
    );
  });

  it('takes those away that they do not lead to any more, and is unchanged the second time', () => {
    const facts = factsFor(mappings(['devs'], ['sales']));
    const { past } = set(['devs'], { facts });
    const moved = set(['sales'], { facts, events: past });
    expect(moved.events).toMatchObject([
      { type: 'developer.removed-from-team.v1', data: { team_id: T[0] } },
      { type: 'developer.added-to-team.v1', data: { team_id: T[1] } },
    ]);
    expect(set(['sales'], { facts, events: moved.past }).events).toEqual([]);
  });

  it('changes nothing where the portal does not go by groups', () => {
    const { past } = set(['devs'], { facts: factsFor(mappings(['devs'])) });
    const facts = factsFor(mappings(['devs']), { idp_mapping_enabled: false });
    expect(set([], { facts, events: past }).events).toEqual([]);
  });

  it('passes over a mapped team that is gone, and spells groups exactly', () => {
    const facts = { ...factsFor(mappings(['devs'], ['Devs'])), [`team:${T[0]}`]: aTeam(T[0], { exists: false }) };
    expect(set(['devs'], { facts }).events).toEqual([]);
  });

  it('leaves exactly the mapped teams and those given by hand, whatever came before', () => {
    const group = fc.constantFrom('g1', 'g2', 'g3', 'g4');
    const groups = fc.uniqueArray(group);
    const rules = fc.tuple(groups, groups, groups, groups);
    const turn = fc.record({ rules, groups, byHand: fc.option(fc.nat(3)), out: fc.option(fc.nat(3)) });
    const property = fc.property(fc.array(turn, { minLength: 1, maxLength: 6 }), (turns) => {
      let past: Given['events'] = developerWith('approved');
      const hand = new Set<string>();
      for (const { rules: lists, groups: mine, byHand, out } of turns) {
        if (byHand !== null) {
          const team_id = T[byHand]!;
          const done = send('AddDeveloperToTeam', { team_id }, { events: past, facts: { team: aTeam(team_id) } });
          if (!done.refusal) hand.add(team_id);
          past = done.past;
        }
        if (out !== null) {
          past = send('RemoveDeveloperFromTeam', { team_id: T[out] }, { events: past }).past;
          hand.delete(T[out]!);
        }
        const facts = factsFor(mappings(...lists).filter((one) => one.groups.length > 0));
        const done = set(mine, { events: past, facts });
        const mapped = T.filter((_, index) => lists[index]!.some((one) => mine.includes(one)));
        const found = done.state.teams.map(({ team_id }) => team_id);
        expect(new Set(found)).toEqual(new Set([...mapped, ...hand]));
        expect(found).toHaveLength(new Set(found).size);
        expect(set(mine, { events: done.past, facts }).events).toEqual([]);
        past = done.past;
      }
    });
    fc.assert(property, { numRuns: 200 });
  });
});
