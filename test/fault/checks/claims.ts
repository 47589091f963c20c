import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { referenceClaim, nameClaim } from '#domain/application/decide.js';
import type { ApplicationState } from '#domain/application/state.js';
import { emailClaim, type Claim } from '#domain/core/claims.js';
import { fold } from '#domain/core/fold.js';
import type { DeveloperState } from '#domain/developer/state.js';
import { AGGREGATES } from '#domain/registry.js';
import type { StoredEvent } from '#event-store/port.js';
import { splitStream } from '#read-models/log-event.js';
import { openKeyring, type Keyring } from '#vault/keyring.js';
import { openSqliteVault } from '#vault/sqlite/vault.js';
import type { LogContents } from '../engine-files.js';
import { groupBy } from '../group-by.js';

/** An entity as its stream leaves it. */
export interface Entity<S> {
  readonly id: string;
  readonly stream: string;
  readonly state: S;
}

/** The applications and developers of a log, those that are gone included. */
export function entitiesOf(events: readonly StoredEvent[]): {
  readonly applications: readonly Entity<ApplicationState>[];
  readonly developers: readonly Entity<DeveloperState>[];
} {
  const streams = groupBy(events, ({ stream }) => stream);
  function of<S>(wanted: 'application' | 'developer'): Entity<S>[] {
    return [...streams].flatMap(([stream, own]) => {
      const { aggregate, entityId: id } = splitStream(stream);
      if (aggregate !== wanted) return [];
      const past = own.map(({ type, data, metadata }) => ({ type, data, at: metadata['recorded_at']! }));
      return [{ id, stream, state: fold(AGGREGATES[wanted], past) as S }];
    });
  }
  return { applications: of('application'), developers: of('developer') };
}

/**
 * Every name, reference id and address that is in use is held by exactly its stream, and nothing else is held. What should
 * be held is worked out from the entities, not from what the log says about claims. `baseline`: of what does not change.
 */
export async function checkClaims(
  dataDir: string,
  { events, claims }: LogContents,
  baseline: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const { vault, keyring } = await openSecrets(dataDir);
  const expected = new Map(baseline);
  const twice: string[] = [];
  const expect = (claim: Claim, stream: string): void => {
    const hash = keyring.claimHash(claim);
    if (expected.has(hash)) twice.push(`${stream} and ${expected.get(hash)} have the same ${claim.kind}`);
    expected.set(hash, stream);
  };
  const { applications, developers } = entitiesOf(events);
  for (const { stream, state } of applications) {
    if (!state.exists) continue;
    expect(nameClaim(state.developer_id, state.name), stream);
    expect(referenceClaim(state.portal_id, state.reference_id), stream);
  }
  for (const { stream, state } of developers) {
    if (!state.exists) continue;
    const email = await keyring.open(state.email);
    if (email !== undefined) expect(emailClaim(state.portal_id, email), stream);
  }
  await vault.close();
  return [
    ...twice,
    ...[...expected].flatMap(([hash, stream]) =>
      claims.get(hash) === stream ? [] : [`a claim of ${stream} is held by ${claims.get(hash) ?? 'nobody'}`],
    ),
    ...[...claims].flatMap(([hash, owner]) =>
      expected.has(hash) ? [] : [`${owner} holds a claim that it has no use for`],
    ),
  ];
}

async function openSecrets(dataDir: string): Promise<{ vault: ReturnType<typeof openSqliteVault>; keyring: Keyring }> {
  const vault = openSqliteVault({ file: join(dataDir, 'vault.db') });
  const masterKey = Buffer.from(readFileSync(join(dataDir, 'master-key'), 'utf8').trim(), 'hex');
  return { vault, keyring: await openKeyring({ vault, masterKey, create: false }) };
}
