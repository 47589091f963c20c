import { testHandling, type TestHandling } from './testing.js';
import type { Actor } from '#domain/core/decider.js';

let handling: TestHandling;
let mine: string;
let other: string;
let limited: Actor;
let developer: string;
let stranger: string;
let product: string;

const idOf = async (name: string, values: object): Promise<string> => {
  const outcome = await handling.send(name, values);
  if (outcome.kind === 'refused') throw new Error(outcome.refusal.refusal);
  return (outcome.result as { id: string }).id;
};

beforeAll(async () => {
  handling = await testHandling();
  mine = await idOf('CreatePortal', { name: 'Mine' });
  other = await idOf('CreatePortal', { name: 'Other' });
  product = await idOf('CreateProduct', { name: 'Pets' });
  const person = { full_name: 'Ada', email: 'ada@example.org' };
  developer = await idOf('RegisterDeveloper', { portal_id: mine, ...person });
  stranger = await idOf('RegisterDeveloper', { portal_id: other, ...person });
  limited = { kind: 'admin', id: 'local', portal: mine };
});
afterAll(() => handling.destroy());

const outcome = async (name: string, values: object, actor = limited): Promise<string> => {
  const sent = await handling.send(name, values, actor);
  return sent.kind === 'refused' ? sent.refusal.refusal : sent.outcome;
};

describe('a sender who is limited to a portal', () => {
  it('changes what belongs to it', async () => {
    expect(await outcome('ApproveDeveloper', { developer_id: developer })).toBe('accepted');
    expect(await outcome('CreateTeam', { portal_id: mine, name: 'Friends' })).toBe('accepted');
    expect(await outcome('ChangePortalSettings', { portal_id: mine, display_name: 'Mine!' })).toBe('accepted');
  });

  it('changes nothing of another portal, or of none, and learns nothing of it', async () => {
    const head = await handling.store.head();
    const unknown = '01900000-0000-7000-8000-000000000000';
    for (const id of [stranger, unknown]) {
      expect(await outcome('ApproveDeveloper', { developer_id: id })).toBe('not_permitted');
    }
    expect(await outcome('CreateTeam', { portal_id: other, name: 'Friends' })).toBe('not_permitted');
    expect(await outcome('ChangePortalSettings', { portal_id: other, display_name: 'Theirs' })).toBe('not_permitted');
    expect(await outcome('EditProduct', { product_id: product, name: 'Cats' })).toBe('not_permitted');
    expect(await outcome('CreateProduct', { name: 'Dogs' })).toBe('not_permitted');
    expect(await outcome('IssueServiceToken', { name: 'wide', role: 'admin' })).toBe('not_permitted');
    expect(await handling.store.head()).toBe(head);
  });

  it('hands on no more than it has', async () => {
    expect(await outcome('IssueServiceToken', { name: 'narrow', role: 'admin', portal_id: mine })).toBe('accepted');
    expect(await outcome('IssueServiceToken', { name: 'x', role: 'admin', portal_id: other })).toBe('not_permitted');
  });
});

it('makes the same token of the same seed', async () => {
  const seed = Buffer.alloc(32, 5);
  const now = new Date('2026-01-05T09:00:00.000Z');
  const first = await handling.send('IssueServiceToken', { name: 'again', role: 'auditor' }, undefined, { seed, now });
  const { token, id } = (first as { result: { token: string; id: string } }).result;
  expect(handling.keyring.serviceTokens.idOf(token)).toBe(id);
  const elsewhere = await testHandling();
  try {
    const fresh = await elsewhere.send('IssueServiceToken', { name: 'again', role: 'auditor' }, undefined, {
      seed,
      now,
    });
    expect((fresh as { result: { id: string } }).result.id).toBe(id);
  } finally {
    await elsewhere.destroy();
  }
  const events = await handling.store.readStream(`serviceToken-${id}`);
  expect(JSON.stringify(events.map(({ data, metadata }) => [data, metadata]))).not.toContain(token);
});
