import type { Accepted, Outcome } from './envelope.js';
import { PayloadMismatch } from './receipts.js';
import { ADMIN, ANYBODY, developerActor, testHandling, type TestHandling } from './testing.js';

let gate: TestHandling;

beforeEach(async () => {
  gate = await testHandling();
});

afterEach(() => gate.destroy());

function accepted(outcome: Outcome): Accepted {
  if (outcome.kind !== 'accepted') throw new Error(`refused: ${outcome.refusal.refusal}`);
  return outcome;
}

const refusal = (outcome: Outcome) => (outcome.kind === 'refused' ? outcome.refusal.refusal : 'accepted');
const idOf = (outcome: Outcome) => (accepted(outcome).result as { id: string }).id;

async function portal(): Promise<string> {
  return idOf(await gate.send('CreatePortal', { name: 'Acme' }));
}

async function signUp(portalId: string, email = 'ada@example.com'): Promise<Outcome> {
  return gate.send('RegisterDeveloper', { portal_id: portalId, email, full_name: 'Ada Lovelace' }, ANYBODY);
}

async function approvedDeveloper(portalId: string, email?: string): Promise<string> {
  const id = idOf(await signUp(portalId, email));
  await gate.send('ConfirmEmail', { developer_id: id }, developerActor(id));
  await gate.send('ApproveDeveloper', { developer_id: id, reason: 'a known partner' });
  return id;
}

describe('the command handler', () => {
  it('stores who, why and on what basis, with personal fields sealed', async () => {
    const portalId = await portal();
    const id = await approvedDeveloper(portalId);
    const events = await gate.store.readStream(`developer-${id}`);
    expect(events.map(({ type }) => type)).toEqual([
      'developer.registered.v1',
      'developer.email-confirmed.v1',
      'developer.approved.v1',
    ]);
    const [registered, , approved] = events;
    expect(JSON.stringify(events.map(({ data, metadata }) => [data, metadata]))).not.toMatch(
      /ada@example|Lovelace|known partner/i,
    );
    expect(await gate.keyring.open(registered!.data['email'] as string)).toBe('ada@example.com');
    expect(await gate.keyring.open(approved!.data['reason'] as string)).toBe('a known partner');
    expect(registered!.metadata).toMatchObject({
      command: 'RegisterDeveloper',
      actor_kind: 'anonymous',
      portal: portalId,
      subject: id,
    });
    expect(JSON.parse(registered!.metadata['basis']!)).toEqual({ portal: `portal-${portalId}@0` });
    expect(approved!.metadata).toMatchObject({ actor_kind: 'admin', actor_id: 'admin' });
  });

  it('tells the holder of a known address, and the sender nothing that differs', async () => {
    const portalId = await portal();
    const id = idOf(await signUp(portalId));
    expect(refusal(await signUp(portalId, ' ADA@Example.com'))).toBe('email_taken');
    const types = (await gate.store.readStream(`developer-${id}`)).map(({ type }) => type);
    expect(types).toEqual(['developer.registered.v1', 'developer.sign-up-repeated.v1']);
  });

  it('keeps no key for who did not sign up in the end', async () => {
    const portalId = await portal();
    const id = idOf(await signUp(portalId));
    await signUp(portalId);
    const keys = await gate.vault.list('person-key', { limit: 9 });
    expect(keys.map((key) => key.id)).toEqual([id]);
    expect(await gate.keyring.open((await gate.store.readStream(`developer-${id}`))[0]!.data['email'] as string)).toBe(
      'ada@example.com',
    );
  });

  it('frees an address when its developer is removed', async () => {
    const portalId = await portal();
    const id = idOf(await signUp(portalId));
    await gate.send('RemoveDeveloper', { developer_id: id });
    expect(refusal(await signUp(portalId))).toBe('accepted');
  });

  it('lets developers act only on what is theirs, as if nothing else existed', async () => {
    const portalId = await portal();
    const ada = await approvedDeveloper(portalId);
    const eve = await approvedDeveloper(portalId, 'eve@example.com');
    await gate.send('CreateAuthStrategy', {
      name: 'keys',
      display_name: 'Keys',
      strategy_type: 'key_auth',
      configs: { 'key-auth': {} },
    });
    const created = await gate.send('CreateApplication', { developer_id: ada, name: 'Fleet' }, developerActor(eve));
    expect(refusal(created)).toBe('application_not_found');
    expect(refusal(await gate.send('ApproveDeveloper', { developer_id: ada }, developerActor(ada)))).toBe(
      'not_permitted',
    );
  });

  it('refuses a decision about a state that is no more', async () => {
    const id = idOf(await signUp(await portal()));
    const late = await gate.send('ApproveDeveloper', { developer_id: id }, ADMIN, { expectedRevision: 5 });
    expect(refusal(late)).toBe('revision_changed');
    expect(refusal(await gate.send('ApproveDeveloper', { developer_id: id }, ADMIN, { expectedRevision: 0 }))).toBe(
      'accepted',
    );
  });

  it('answers unchanged, and appends nothing, where it already was so', async () => {
    const id = idOf(await signUp(await portal()));
    await gate.send('ApproveDeveloper', { developer_id: id });
    const again = accepted(await gate.send('ApproveDeveloper', { developer_id: id }));
    expect(again.outcome).toBe('unchanged');
    expect(again.events).toEqual([]);
  });

  it('decides one after the other on one stream: fifty at once lose nothing', async () => {
    const id = idOf(await signUp(await portal()));
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => gate.send('RequestPasswordReset', { developer_id: id }, ANYBODY)),
    );
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    const events = await gate.store.readStream(`developer-${id}`);
    expect(events.map(({ revision }) => revision)).toEqual(events.map((_, index) => index));
  });

  it('of many who want one name at once, exactly one gets it', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => gate.send('CreatePortal', { name: 'Acme' })));
    expect(outcomes.map(refusal).filter((code) => code === 'accepted')).toHaveLength(1);
    expect(new Set(outcomes.map(refusal))).toEqual(new Set(['accepted', 'portal_name_taken']));
  });

  it('gives a repeat with the same Idempotency-Key the first answer, also after a restart', async () => {
    const idempotency = { receipt: 'r1', payload: 'p1', secret: 'callers-key' };
    const first = accepted(await gate.send('CreatePortal', { name: 'Acme' }, ADMIN, { idempotency }));
    gate = await gate.reopen();
    const again = accepted(await gate.send('CreatePortal', { name: 'Acme' }, ADMIN, { idempotency }));
    expect(again).toEqual({ ...first, repeated: true });
    expect(await gate.store.head()).toBe(1n);
    const other = gate.send('CreatePortal', { name: 'Other' }, ADMIN, {
      idempotency: { ...idempotency, payload: 'p2' },
    });
    await expect(other).rejects.toThrow(PayloadMismatch);
  });

  it('folds the same state from the log as it had in memory', async () => {
    const id = await approvedDeveloper(await portal());
    const live = await gate.cache.load('developer', id);
    gate = await gate.reopen();
    expect(await gate.cache.load('developer', id)).toEqual(live);
  });
});
