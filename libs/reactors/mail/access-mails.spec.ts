import {
  application,
  approvedDeveloper,
  developer,
  openHouse,
  openPortal,
  type House,
  type Portal,
} from '../testing.js';
import { startMail } from './testing.js';

let house: House;
let place: Portal;
let ada: string;
let mail: Awaited<ReturnType<typeof startMail>>;

beforeEach(async () => {
  house = await openHouse();
  place = await openPortal(house, { custom_domain: 'dev.acme.example' });
  ada = await approvedDeveloper(house, place.portal);
  mail = await startMail(house);
});

afterEach(async () => {
  expect(house.errors).toEqual([]);
  await house.destroy();
});

const decide = (command: string, app: { id: string }, reason?: string) =>
  house.command(command, { application_id: app.id, ...(reason === undefined ? {} : { reason }) });

describe('decisions on access', () => {
  it('are told to the owner, with names, reason and where to look', async () => {
    const app = await application(house, place, ada);
    expect(await mail.news()).toEqual([]);
    await decide('ApproveApp', app, 'Fits the contract');
    const [approved] = await mail.news();
    expect(approved).toMatchObject({
      to: { name: 'Ada Lovelace', address: 'ada@example.com' },
      subject: 'Umbrella has access to Weather v1',
    });
    expect(approved!.text).toContain('> Fits the contract');
    expect(approved!.text).toContain(`https://dev.acme.example/application/${app.id}`);
    await decide('RevokeApp', app, 'Abuse');
    const [revoked] = await mail.news();
    expect(revoked!.subject).toBe('Umbrella no longer has access to Weather v1');
    expect(revoked!.text).toContain('> Abuse');
  });

  it('to reject are told as well', async () => {
    const app = await application(house, place, ada);
    await decide('RejectApp', app);
    expect((await mail.news()).map(({ subject }) => subject)).toEqual(['Umbrella was not given access to Weather v1']);
  });

  it('by a setting are told like others', async () => {
    await house.command('ChangePortalSettings', { portal_id: place.portal, auto_approve_applications: true });
    await application(house, place, ada);
    expect((await mail.news()).map(({ subject }) => subject)).toEqual(['Umbrella has access to Weather v1']);
  });

  it('that no longer stand are not told', async () => {
    const app = await application(house, place, ada);
    await mail.runner.stop();
    await decide('ApproveApp', app);
    await house.command('DeleteApplication', { application_id: app.id }, developer(ada));
    mail = await startMail(house);
    expect(await mail.news()).toEqual([]);
  });

  it('name a version that has been removed since', async () => {
    const app = await application(house, place, ada);
    await decide('ApproveApp', app);
    await house.command('RemoveProductVersion', { product_id: place.product, product_version_id: place.version });
    await mail.news();
    await decide('RevokeApp', app);
    expect((await mail.news())[0]!.subject).toBe('Umbrella no longer has access to Weather v1');
  });
});

describe('a registration that is given up', () => {
  const withdraw = (app: { id: string; registration: string }, actor: Parameters<House['command']>[2]) =>
    house.command('WithdrawAccess', { application_id: app.id, registration_id: app.registration }, actor);

  it('by its owner is told to nobody', async () => {
    await withdraw(await application(house, place, ada), developer(ada));
    expect(await mail.news()).toEqual([]);
  });

  it('by the service is told to the owner', async () => {
    await withdraw(await application(house, place, ada), { kind: 'system', id: 'cascades' });
    expect((await mail.news())[0]!.subject).toBe('The request of Umbrella for Weather v1 was closed');
  });
});

describe('a deprecated version', () => {
  const deprecate = (notify_developers: boolean) =>
    house.command('ChangePublication', {
      product_id: place.product,
      product_version_id: place.version,
      portal_id: place.portal,
      deprecated: true,
      notify_developers,
    });

  it('is told once to each owner of registered applications', async () => {
    const bob = await approvedDeveloper(house, place.portal, 'bob@example.com');
    const eve = await approvedDeveloper(house, place.portal, 'eve@example.com');
    await decide('ApproveApp', await application(house, place, ada, 'Umbrella'));
    await application(house, place, ada, 'Parasol');
    await application(house, place, bob, 'Sundial');
    await decide('RejectApp', await application(house, place, eve, 'Candle'));
    await mail.news();
    await deprecate(true);
    const messages = await mail.news();
    expect(messages.map(({ to }) => to.address).sort()).toEqual(['ada@example.com', 'bob@example.com']);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(2);
    const toAda = messages.find(({ to }) => to.address === 'ada@example.com')!;
    expect(toAda.subject).toBe('Weather v1 is deprecated');
    expect(toAda.text).toContain('“Parasol”, “Umbrella”');
    expect(toAda.text).toContain(`https://dev.acme.example/spec/${place.product}`);
  });

  it('is told to nobody without notify', async () => {
    await application(house, place, ada);
    await deprecate(false);
    expect(await mail.news()).toEqual([]);
  });
});
