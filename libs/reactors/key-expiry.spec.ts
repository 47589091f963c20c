import { createKeyExpiry } from './key-expiry.js';
import { startMail } from './mail/testing.js';
import { application, approvedDeveloper, developer, openHouse, openPortal, type House } from './testing.js';

const DAY = 86_400_000;

let house: House;
let mail: Awaited<ReturnType<typeof startMail>>;
let ada: string;
let app: string;
let sweep: () => Promise<void>;

beforeEach(async () => {
  house = await openHouse();
  const place = await openPortal(house);
  ada = await approvedDeveloper(house, place.portal);
  app = (await application(house, place, ada)).id;
  mail = await startMail(house);
  sweep = () => expiry().sweep();
  await sweep();
});

afterEach(async () => {
  expect(house.errors).toEqual([]);
  await house.destroy();
});

const expiry = () =>
  createKeyExpiry({ ...house, remind: mail.runner.offer, onError: (error) => void house.errors.push(error) });
const generate = async (display_name: string) =>
  (await house.command('GenerateCredential', { application_id: app, display_name }, developer(ada))).id!;
const subjects = async () => (await mail.news()).map(({ subject }) => subject);

/** Moves the clock to so many days after the start of the test, sweeps, and answers what was mailed. */
async function on(day: number) {
  house.clock.now = Date.UTC(2026, 0, 1, 12) + day * DAY;
  await sweep();
  return subjects();
}

describe('a key that lives for 60 days', () => {
  it('is told of 30, 7 and 1 days before, and when it is over; each once', async () => {
    await generate('Production');
    expect(await on(29.9)).toEqual([]);
    expect(await on(30)).toEqual(['An API key of Umbrella expires in 30 days']);
    expect(await on(31)).toEqual([]);
    expect(await on(53)).toEqual(['An API key of Umbrella expires in 7 days']);
    expect(await on(59)).toEqual(['An API key of Umbrella expires in a day']);
    expect(await on(59.99)).toEqual([]);
    expect(await on(60)).toEqual(['An API key of Umbrella has expired']);
    expect(await on(61)).toEqual([]);
    expect((await house.types(`application-${app}`)).filter((type) => type.includes('expired'))).toHaveLength(1);
  });

  it('is told of with its name, and when', async () => {
    await generate('Production');
    house.clock.now += 59 * DAY;
    await sweep();
    const [message] = await mail.news();
    expect(message!.text).toContain('“Production”');
    expect(message!.text).toContain('2 March 2026 at 12:00 UTC');
    expect(message!.text).toContain(`http://portal.test/application/${app}`);
  });

  it('is told of by the most urgent reminder only, after the server was down', async () => {
    await generate('Production');
    expect(await on(59.5)).toEqual(['An API key of Umbrella expires in a day']);
  });

  it('expires by the act of the service, once, however often that is tried', async () => {
    const id = await generate('Production');
    house.clock.now += 60 * DAY;
    await Promise.all([expiry().sweep(), expiry().sweep()]);
    const expired = (await house.store.readStream(`application-${app}`)).filter(
      ({ type }) => type === 'application.credential-expired.v1',
    );
    expect(expired).toMatchObject([
      { data: { credential_id: id }, metadata: { actor_kind: 'system', actor_id: 'key-expiry' } },
    ]);
  });
});

describe('nobody is told of', () => {
  it('a key that was revoked', async () => {
    const id = await generate('Production');
    await house.command('RevokeCredential', { application_id: app, credential_id: id }, developer(ada));
    expect(await on(30)).toEqual([]);
    expect(await on(61)).toEqual([]);
  });

  it('the end of a key that was rotated, which its owner chose', async () => {
    const id = await generate('Production');
    const rotate = { application_id: app, credential_id: id, overlap_seconds: 7 * 86_400 };
    await house.command('RotateCredential', rotate, developer(ada));
    expect(await on(6.5)).toEqual([]);
    expect(await on(7)).toEqual([]);
    expect(await house.types(`application-${app}`)).toContain('application.credential-expired.v1');
    expect(await on(30)).toEqual(['An API key of Umbrella expires in 30 days']);
  });
});

it('a sweep that died before it noted how far it came reminds nobody twice', async () => {
  await generate('Production');
  const before = (await house.vault.get('reactor-checkpoint', 'key-expiry'))!.value;
  expect(await on(30)).toHaveLength(1);
  await house.vault.put('reactor-checkpoint', 'key-expiry', before);
  expect(await on(30.01)).toEqual([]);
});
