import { commandIdFor } from '../commands.js';
import { application, approvedDeveloper, openHouse, openPortal, type House, type Portal } from '../testing.js';
import { cascadesReactor } from './reactor.js';
import type { CascadeServices } from './tools.js';
import { splitStream } from '#read-models/log-event.js';

let house: House;
let place: Portal;

beforeEach(async () => {
  house = await openHouse();
  place = await openPortal(house);
});

afterEach(() => house.destroy());

async function start(services: Partial<CascadeServices> = {}) {
  const runner = await house.runner(cascadesReactor({ ...house, ...services }));
  runner.start();
  return runner;
}

const allEvents = () => house.store.readAll({ after: 0n, limit: 10_000 });
const bySystem = async () => (await allEvents()).filter(({ metadata }) => metadata['actor_kind'] === 'system');

describe('a removed developer', () => {
  it('leaves no application, no session, no password, no link and no readable personal field', async () => {
    const ada = await approvedDeveloper(house, place.portal);
    const bob = await approvedDeveloper(house, place.portal, 'bob@example.com');
    const apps = [await application(house, place, ada, 'One'), await application(house, place, ada, 'Two')];
    const bobs = await application(house, place, bob);
    const { access } = await house.sessions.startSession(ada, place.portal);
    const grant = { purpose: 'set-password', developerId: ada, portalId: place.portal } as const;
    const token = await house.mailTokens.issue('some event', grant);
    await house.passwords.set(ada, 'a long enough pass phrase');
    const [registered] = await house.store.readStream(`developer-${ada}`);
    const cascades = await start();
    await house.command('RemoveDeveloper', { developer_id: ada, reason: 'left the company' });
    await cascades.settled();
    expect(house.errors).toEqual([]);
    for (const { id } of apps) expect((await house.types(`application-${id}`)).at(-1)).toBe('application.deleted.v1');
    expect(await house.types(`application-${bobs.id}`)).not.toContain('application.deleted.v1');
    expect(await house.sessions.authenticate(access)).toBeUndefined();
    expect(await house.passwords.has(ada)).toBe(false);
    expect((await house.mailTokens.peek(token)).status).toBe('unknown');
    expect(await house.keyring.open(registered!.data['email'] as string)).toBeUndefined();
    expect(
      await house.keyring.open(
        (await allEvents()).find(({ stream }) => stream === `developer-${bob}`)!.data['email'] as string,
      ),
    ).toBe('bob@example.com');
  });

  it('is the cause of what follows, in the name of the reactor', async () => {
    const ada = await approvedDeveloper(house, place.portal);
    const { id } = await application(house, place, ada);
    const cascades = await start();
    await house.command('RemoveDeveloper', { developer_id: ada });
    await cascades.settled();
    const removed = (await house.store.readStream(`developer-${ada}`)).at(-1)!;
    const deleted = (await house.store.readStream(`application-${id}`)).at(-1)!;
    expect(deleted.metadata).toMatchObject({
      actor_kind: 'system',
      actor_id: 'cascades',
      causation_id: removed.id,
      correlation_id: removed.metadata['correlation_id'],
    });
  });

  it('is finished after a crash half-way, with nothing done twice', async () => {
    const ada = await approvedDeveloper(house, place.portal);
    const apps = [];
    for (let n = 0; n < 40; n++) apps.push((await application(house, place, ada, `App ${n}`)).id);
    const [registered] = await house.store.readStream(`developer-${ada}`);
    const email = registered!.data['email'] as string;
    let sent = 0;
    let reached: () => void;
    const halfWay = new Promise<void>((resolve) => (reached = resolve));
    const dying = await start({
      send: async (...command) => {
        if (++sent > 20) {
          reached();
          throw new Error('killed');
        }
        return house.send(...command);
      },
    });
    await house.command('RemoveDeveloper', { developer_id: ada });
    await halfWay;
    await dying.stop();
    expect(await house.keyring.open(email)).toBe('ada@example.com');
    house.clock.now += 60_000;
    const restarted = await start();
    await restarted.settled();
    for (const id of apps) {
      const types = await house.types(`application-${id}`);
      expect(types.filter((type) => type === 'application.deleted.v1')).toHaveLength(1);
    }
    expect(await house.keyring.open(email)).toBeUndefined();
    expect(restarted.status()).toMatchObject({ waiting: 0, parked: 0 });
  });

  it('keeps the key to the personal data while an application is left, and is parked in the end', async () => {
    const ada = await approvedDeveloper(house, place.portal);
    await application(house, place, ada);
    const [registered] = await house.store.readStream(`developer-${ada}`);
    const failing = await house.runner(
      cascadesReactor({
        ...house,
        send: async () => {
          throw new Error('no');
        },
      }),
      { backoff: { tries: 1, firstMs: 1, random: () => 0 } },
    );
    failing.start();
    await house.command('RemoveDeveloper', { developer_id: ada });
    await failing.settled();
    expect(failing.status().parked).toBe(1);
    expect(await house.keyring.open(registered!.data['email'] as string)).toBe('ada@example.com');
  });
});

it.each(['RevokeDeveloper', 'RejectDeveloper'])('%s ends the sessions', async (command) => {
  const { id } = await house.command('RegisterDeveloper', {
    portal_id: place.portal,
    email: 'a@example.com',
    full_name: 'A',
  });
  if (command === 'RevokeDeveloper') await house.command('ApproveDeveloper', { developer_id: id });
  const { access, refresh } = await house.sessions.startSession(id!, place.portal);
  const cascades = await start();
  await house.command(command, { developer_id: id });
  await cascades.settled();
  expect(await house.sessions.authenticate(access)).toBeUndefined();
  expect(await house.sessions.refresh(refresh, place.portal)).toBeUndefined();
});

describe('registrations for what is gone', () => {
  const remove = {
    'a removed version': () =>
      house.command('RemoveProductVersion', {
        product_id: place.product,
        product_version_id: place.version,
        reason: 'Sunset',
      }),
    'a deleted product': () => house.command('DeleteProduct', { product_id: place.product, reason: 'Sunset' }),
  };

  it.each(Object.entries(remove))('%s: granted access is revoked, requests are withdrawn', async (_, removal) => {
    const ada = await approvedDeveloper(house, place.portal);
    const granted = await application(house, place, ada, 'Granted');
    await house.command('ApproveApp', { application_id: granted.id });
    const waiting = await application(house, place, ada, 'Waiting');
    const rejected = await application(house, place, ada, 'Rejected');
    await house.command('RejectApp', { application_id: rejected.id });
    const cascades = await start();
    await removal();
    await cascades.settled();
    expect(house.errors).toEqual([]);
    const last = async ({ id }: { id: string }) => (await house.store.readStream(`application-${id}`)).at(-1)!;
    const revoked = await last(granted);
    expect(revoked.type).toBe('application.access-revoked.v1');
    expect(await house.keyring.open(revoked.data['reason'] as string)).toMatch(
      /^The product( version)? was (removed|deleted): Sunset$/,
    );
    expect((await last(waiting)).type).toBe('application.access-withdrawn.v1');
    expect((await last(rejected)).type).toBe('application.access-rejected.v1');
  });

  it('that an administrator has granted again since are left alone by a repeat', async () => {
    const ada = await approvedDeveloper(house, place.portal);
    const app = await application(house, place, ada);
    await house.command('ApproveApp', { application_id: app.id });
    const cascades = await start();
    await house.command('DeleteProduct', { product_id: place.product });
    await cascades.settled();
    await house.command('ApproveApp', { application_id: app.id, registration_ids: [app.registration] });
    await cascades.stop();
    for (const { id } of await house.vault.list('outbox', { limit: 10 })) await house.vault.delete('outbox', id);
    await house.vault.delete('reactor-checkpoint', 'cascades');
    const repeated = await start();
    await repeated.settled();
    expect(house.errors).toEqual([]);
    expect((await house.types(`application-${app.id}`)).at(-1)).toBe('application.access-approved.v1');
  });
});

it('a deleted portal takes its developers, and what is theirs, and is taken off every product', async () => {
  const ada = await approvedDeveloper(house, place.portal);
  const app = await application(house, place, ada);
  const other = await house.command('CreatePortal', { name: 'Other' });
  await house.command('PublishProduct', { product_id: place.product, portal_id: other['id'] });
  const cascades = await start();
  await house.command('DeletePortal', { portal_id: place.portal, force: true, reason: 'Merged' });
  await cascades.settled();
  expect(house.errors).toEqual([]);
  expect((await house.types(`developer-${ada}`)).at(-1)).toBe('developer.removed.v1');
  expect((await house.types(`application-${app.id}`)).at(-1)).toBe('application.deleted.v1');
  const { state } = await house.cache.load<{ portal_ids: string[]; versions: { publications: object[] }[] }>(
    'product',
    place.product,
  );
  expect(state.portal_ids).toEqual([other['id']]);
  expect(state.versions[0]!.publications).toEqual([]);
  const removed = (await house.store.readStream(`product-${place.product}`)).find(
    ({ type }) => type === 'product.publication-removed.v1',
  );
  expect(removed!.data['reason']).toBe('The portal was deleted: Merged');
});

it('what was created while its owner was being removed goes as well', async () => {
  const ada = await approvedDeveloper(house, place.portal);
  const app = await application(house, place, ada);
  const [created] = await house.store.readStream(`application-${app.id}`);
  const cascades = await start();
  await house.command('RemoveDeveloper', { developer_id: ada });
  await cascades.settled();
  // As if its command had been decided just before the removal and stored just after it.
  const { type, data, metadata } = created!;
  const late = '019b0000-0000-7000-8000-000000000000';
  const events = [{ id: '019b0000-0000-7000-8000-000000000001', type, data, metadata }];
  await house.store.append({ stream: `application-${late}`, expectedRevision: -1, events });
  await cascades.settled();
  expect(house.errors).toEqual([]);
  expect(await house.types(`application-${late}`)).toEqual(['application.created.v1', 'application.deleted.v1']);
});

it('does nothing about developers and applications that are in order', async () => {
  const cascades = await start();
  await application(house, place, await approvedDeveloper(house, place.portal));
  await cascades.settled();
  expect(await bySystem()).toEqual([]);
  expect(await house.vault.list('outbox', { limit: 10 })).toEqual([]);
});

it('gives a command of the same cause the same id, and others another', () => {
  const event = {
    ...splitStream('developer-1'),
    id: '019b0000-0000-7000-8000-000000000001',
    at: '2026-01-01T00:00:00.000Z',
  } as never;
  const id = commandIdFor('DeleteApplication', 'a', { reactor: 'cascades', event });
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{8}0000$/);
  expect(commandIdFor('DeleteApplication', 'a', { reactor: 'cascades', event })).toBe(id);
  expect(commandIdFor('DeleteApplication', 'b', { reactor: 'cascades', event })).not.toBe(id);
});
