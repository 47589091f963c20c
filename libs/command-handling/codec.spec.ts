import { encode } from './codec.js';
import { newCommandId } from './envelope.js';
import { ADMIN, testHandling, type TestHandling } from './testing.js';
import { domainClaim } from '#domain/portal/domains.js';

let gate: TestHandling;
beforeEach(async () => {
  gate = await testHandling();
});
afterEach(() => gate.destroy());

/** The claims of an append of a stream that holds `held`: each step is an event that takes or drops a domain. */
async function claimsOf(held: readonly string[], steps: readonly { take?: string; drop?: string }[]) {
  const hash = (domain: string) => gate.keyring.claimHash(domainClaim(domain));
  const now = new Date();
  const events = steps.map(({ take, drop }) => ({
    type: 'portal.settings-changed.v1',
    data: {},
    ...(take === undefined ? {} : { take: [domainClaim(take)] }),
    ...(drop === undefined ? {} : { drop: [domainClaim(drop)] }),
  }));
  const command = { name: 'X', body: {}, actor: ADMIN, now, commandId: newCommandId(now), seed: new Uint8Array(32) };
  const context = { envelope: command, basis: {}, held: new Set(held.map(hash)), secrets: gate.keyring };
  const { claims } = await encode(events, context);
  const named = (hashes: readonly string[]) => ['a.example', 'b.example'].filter((name) => hashes.includes(hash(name)));
  return { take: named(claims.take), drop: named(claims.drop) };
}

describe('the claims of an append', () => {
  it.each([
    [[], [{ take: 'a.example' }], { take: ['a.example'], drop: [] }],
    [['a.example'], [{ drop: 'a.example' }], { take: [], drop: ['a.example'] }],
    [[], [{ take: 'a.example' }, { drop: 'a.example' }], { take: [], drop: [] }],
    [['a.example'], [{ take: 'a.example' }, { drop: 'a.example' }], { take: [], drop: ['a.example'] }],
    [['a.example'], [{ drop: 'a.example', take: 'b.example' }], { take: ['b.example'], drop: ['a.example'] }],
  ])('holding %j, %j: %j', async (held, steps, claims) => {
    expect(await claimsOf(held, steps)).toEqual(claims);
  });
});
