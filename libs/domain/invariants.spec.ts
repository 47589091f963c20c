import { mayCall } from './application/may-call.js';
import { credentialStatus, type ApplicationState } from './application/state.js';
import { folded } from './core/claims.js';
import { fold } from './core/fold.js';
import type { DeveloperState } from './developer/state.js';
import type { PortalState } from './portal/state.js';
import { AGGREGATES, EVENTS } from './registry.js';
import { applications, explore, type Prepared } from './testing/histories.js';

/** What the log alone says about a right, read without any state: the last word on each of the three conditions. */
function allowedByLog({ world }: Prepared, application: string, credential: string, version: string): boolean {
  const mine = world.log.filter(({ id }) => id === application);
  if (mine.at(-1)?.type === 'application.deleted.v1') return false;
  const { developer_id } = mine[0]!.data as { developer_id: string };
  const standing = world.log.filter(
    ({ id, type }) => id === developer_id && /\.(registered|approved|rejected|revoked|removed)\./.test(type),
  );
  if (standing.at(-1)?.type !== 'developer.approved.v1') return false;
  const access = mine.filter(
    ({ type, data }) =>
      /\.access-/.test(type) && (data as { product_version_id: string }).product_version_id === version,
  );
  if (access.at(-1)?.type !== 'application.access-approved.v1') return false;
  const key = mine.filter(({ data }) => (data as { credential_id?: string }).credential_id === credential);
  if (key.some(({ type }) => type === 'application.credential-revoked.v1')) return false;
  const ends = key.map(({ data }) => (data as { expires_at?: string | null }).expires_at).filter((end) => end != null);
  return ends.every((end) => end! > world.now);
}

it('a call is allowed exactly with an active key, an approved developer and an approved registration', () => {
  let allowed = 0;
  let denied = 0;
  explore((p) => {
    for (const { id, state: application } of applications(p)) {
      const developer = p.world.read<DeveloperState>('developer', application.developer_id).state;
      const portal = p.world.read<PortalState>('portal', application.portal_id).state;
      for (const { id: credential, digest } of application.credentials) {
        for (const productVersionId of p.versions) {
          const matches = (stored: { digest: string }) => stored.digest === digest;
          const answer = mayCall({ application, developer, portal, matches, productVersionId, now: p.world.now });
          if (answer.allowed !== allowedByLog(p, id, credential, productVersionId)) {
            throw new Error(`the gateway says ${JSON.stringify(answer)}, the log says otherwise`);
          }
          if (answer.allowed) allowed++;
          else denied++;
        }
      }
    }
  });
  expect(allowed).toBeGreaterThan(100);
  expect(denied).toBeGreaterThan(100);
});

it('keeps names and reference ids unique, and holds exactly the claims of what exists', () => {
  const seen = explore((p) => {
    const live = applications(p).filter(({ state }) => state.exists);
    const names = live.map(({ state }) => `${state.developer_id} ${folded(state.name)}`);
    const references = live.map(({ state }) => `${state.portal_id} ${state.reference_id}`);
    expect(new Set(names).size).toBe(live.length);
    expect(new Set(references).size).toBe(live.length);
    const held = [...p.world.claims].filter(([, stream]) => stream.startsWith('application-'));
    const due = live.flatMap(({ id, state }) => [
      [JSON.stringify(['application-name', state.developer_id, folded(state.name)]), `application-${id}`],
      [JSON.stringify(['reference-id', state.portal_id, state.reference_id]), `application-${id}`],
    ]);
    expect(held.sort()).toEqual(due.sort());
  });
  expect(seen.get('application_name_taken')).toBeGreaterThan(0);
  expect(seen.get('reference_id_taken')).toBeGreaterThan(0);
  expect(seen.get('DeleteApplication')).toBeGreaterThan(0);
});

it('has at most 20 active keys and one registration for a version', () => {
  let most = 0;
  const seen = explore((p) => {
    for (const { state } of applications(p)) {
      const active = state.credentials.filter((key) => credentialStatus(key, p.world.now) === 'active').length;
      most = Math.max(most, active);
      expect(active).toBeLessThanOrEqual(20);
      const versions = state.registrations.map(({ product_version_id }) => product_version_id);
      expect(new Set(versions).size).toBe(versions.length);
    }
  });
  expect(most).toBe(20);
  expect(seen.get('credential_limit')).toBeGreaterThan(0);
  expect(seen.get('registration_exists')).toBeGreaterThan(0);
});

it('grants nothing new to a developer who is not approved, and lets only an approved one act', () => {
  const grants = ['CreateApplication', 'RequestAccess', 'GenerateCredential', 'RotateCredential'];
  let granted = 0;
  const seen = explore((p, fresh) => {
    for (const { aggregate, id, command, actor } of fresh) {
      if (aggregate !== 'application' || !(grants.includes(command) || actor.kind === 'developer')) continue;
      const { developer_id } = p.world.read<ApplicationState>('application', id).state;
      const { state } = p.world.read<DeveloperState>('developer', developer_id);
      expect(state).toMatchObject({ exists: true, status: 'approved' });
      granted++;
    }
  });
  expect(granted).toBeGreaterThan(0);
  expect(seen.get('developer_not_approved')).toBeGreaterThan(0);
});

it('folds to the same state twice, declares every field, and lets no key into an event', () => {
  let shown = 0;
  explore((p, fresh) => {
    for (const event of fresh) {
      const past = p.world.log.filter(({ aggregate, id }) => aggregate === event.aggregate && id === event.id);
      expect(fold(AGGREGATES[event.aggregate], past)).toEqual(p.world.read(event.aggregate, event.id).state);
      const fields = EVENTS.get(event.type)!.fields as Record<string, string>;
      for (const [field, value] of Object.entries(event.data)) {
        expect(fields).toHaveProperty(field);
        if (fields[field] === 'personal' && value !== null) expect(event.subject).toMatch(/^[0-9a-f-]{36}$/);
      }
    }
    const text = JSON.stringify(fresh);
    for (const key of p.shown) expect(text).not.toContain(key);
    shown += p.shown.size;
  });
  expect(shown).toBeGreaterThan(0);
});
