import { nameClaim, referenceClaim } from '#domain/application/claims.js';
import { emailClaim, type Claim } from '#domain/core/claims.js';
import type { Keyring } from '#vault/keyring.js';
import type { LogContents } from '../engine-files.js';
import { entitiesOf } from '../entities.js';

/**
 * Every name, reference id and address that is in use is held by exactly its stream, and nothing else is held. What should
 * be held is worked out from the entities, not from what the log says about claims. `baseline`: of what does not change.
 */
export async function checkClaims(
  keyring: Keyring,
  { events, claims }: Pick<LogContents, 'events' | 'claims'>,
  baseline: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const expected = new Map(baseline);
  const wrong: string[] = [];
  function expect(claim: Claim, stream: string): void {
    const hash = keyring.claimHash(claim);
    const other = expected.get(hash);
    if (other !== undefined) wrong.push(`${stream} and ${other} have the same ${claim.kind}`);
    expected.set(hash, stream);
  }
  const { applications, developers } = entitiesOf(events);
  for (const { stream, state } of applications) {
    if (!state.exists) continue;
    expect(nameClaim(state.developer_id, state.name), stream);
    expect(referenceClaim(state.portal_id, state.reference_id), stream);
  }
  for (const { stream, state } of developers) {
    const email = state.exists ? await keyring.open(state.email) : undefined;
    if (email !== undefined) expect(emailClaim(state.portal_id, email), stream);
    else if (state.exists) wrong.push(`the e-mail address of ${stream} does not open`);
  }
  for (const [hash, stream] of expected) {
    const owner = claims.get(hash);
    if (owner !== stream) wrong.push(`a claim of ${stream} is held by ${owner ?? 'nobody'}`);
  }
  for (const [hash, owner] of claims) {
    if (!expected.has(hash)) wrong.push(`${owner} holds a claim that it has no use for`);
  }
  return wrong;
}
