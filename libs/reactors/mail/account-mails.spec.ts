import { developer, openHouse, openPortal, type House } from '../testing.js';
import { startMail, tokenIn } from './testing.js';

let house: House;
let portal: string;
let mail: Awaited<ReturnType<typeof startMail>>;

beforeEach(async () => {
  house = await openHouse();
  ({ portal } = await openPortal(house));
  mail = await startMail(house);
});

afterEach(async () => {
  expect(house.errors).toEqual([]);
  await house.destroy();
});

const EMAIL = 'ada+dev@example.com';
const register = async (full_name = 'Ada Lovelace') =>
  (await house.command('RegisterDeveloper', { portal_id: portal, email: EMAIL, full_name })).id!;
const repeat = (id: string) => house.command('RepeatSignUp', { developer_id: id }, { kind: 'system', id: 'test' });
const confirm = (id: string) => house.command('ConfirmEmail', { developer_id: id }, developer(id));

describe('confirming the address', () => {
  it('takes a link of one day that leads to the portal', async () => {
    const id = await register();
    const [message, ...others] = await mail.news();
    expect(others).toEqual([]);
    expect(message!.to.address).toBe(EMAIL);
    expect(message!.subject).toBe('Confirm your e-mail address for Acme Developers');
    const token = tokenIn(message!);
    expect(message!.text).toContain(`http://portal.test/login?token=${token}&email=ada%2Bdev%40example.com`);
    expect(await house.mailTokens.peek(token)).toMatchObject({
      status: 'valid',
      purpose: 'confirm-email',
      developerId: id,
    });
    house.clock.now += 86_400_000;
    expect(await house.mailTokens.peek(token)).toMatchObject({ status: 'expired' });
  });

  it('says nothing that whoever signed up has typed', async () => {
    await register('Visit evil.example');
    const [message] = await mail.news();
    expect(JSON.stringify(message)).not.toContain('evil.example');
  });

  it('starts over with a new link when somebody signs up again before that', async () => {
    const id = await register();
    const [first] = await mail.news();
    await repeat(id);
    const [second] = await mail.news();
    expect(second!.subject).toMatch(/^Confirm/);
    expect(await house.mailTokens.peek(tokenIn(first!))).toMatchObject({ status: 'expired' });
    expect(await house.mailTokens.peek(tokenIn(second!))).toMatchObject({ status: 'valid' });
  });

  it('has no mail once the address is confirmed', async () => {
    await mail.runner.stop();
    await confirm(await register());
    mail = await startMail(house);
    expect(await mail.news()).toEqual([]);
  });
});

describe('a repeated sign-up', () => {
  it.each([
    ['pending', [], 'waits for approval'],
    ['approved', ['ApproveDeveloper'], 'you can sign in'],
    ['rejected', ['RejectDeveloper'], 'was not approved'],
    ['revoked', ['ApproveDeveloper', 'RevokeDeveloper'], 'was closed'],
  ])('is answered with the status: %s', async (_status, commands, words) => {
    const id = await register();
    await confirm(id);
    for (const name of commands) await house.command(name, { developer_id: id });
    await mail.news();
    await repeat(id);
    const [message] = await mail.news();
    expect(message!.subject).toBe('You already have an account at Acme Developers');
    expect(message!.text).toContain(words);
    expect(message!.text).not.toContain('token=');
    expect(message!.text.includes('http://portal.test/forgot-password')).toBe(_status === 'approved');
  });
});

it('a new password takes a link of one hour; a newer one ends it', async () => {
  const id = await register();
  await confirm(id);
  await mail.news();
  await house.command('RequestPasswordReset', { developer_id: id });
  const [first] = await mail.news();
  expect(first!.text).toContain('http://portal.test/reset-password?token=');
  expect(first!.text).toContain('Hello Ada Lovelace,');
  house.clock.now += 10 * 60_000;
  await house.command('RequestPasswordReset', { developer_id: id });
  const [second] = await mail.news();
  expect(await house.mailTokens.peek(tokenIn(first!))).toMatchObject({ status: 'expired' });
  expect(await house.mailTokens.peek(tokenIn(second!))).toMatchObject({ status: 'valid', purpose: 'set-password' });
});

describe('decisions', () => {
  it('are told, with the reason if there is one', async () => {
    const id = await register();
    await confirm(id);
    await mail.news();
    const next = async (name: string, reason?: string) => {
      await house.command(name, { developer_id: id, ...(reason === undefined ? {} : { reason }) });
      const [message, ...others] = await mail.news();
      expect(others).toEqual([]);
      return message!;
    };
    const rejected = await next('RejectDeveloper', 'No contract yet');
    expect(rejected.subject).toBe('Your account at Acme Developers was not approved');
    expect(rejected.text).toContain('> No contract yet');
    expect(rejected.html).toContain('<blockquote>No contract yet</blockquote>');
    const approved = await next('ApproveDeveloper');
    expect(approved.subject).toBe('Welcome to Acme Developers');
    expect(approved.text).not.toContain('reason');
    expect((await next('RevokeDeveloper', 'Abuse')).text).toContain('> Abuse');
  });

  it('that no longer stand are not told', async () => {
    const id = await register();
    await confirm(id);
    await mail.runner.stop();
    await house.command('ApproveDeveloper', { developer_id: id });
    await house.command('RevokeDeveloper', { developer_id: id });
    mail = await startMail(house);
    expect((await mail.news()).map(({ subject }) => subject)).toEqual(['Your account at Acme Developers was closed']);
  });

  it('to approve name the step that is left where the address is not confirmed', async () => {
    const id = await register();
    await mail.news();
    await house.command('ApproveDeveloper', { developer_id: id });
    const [message] = await mail.news();
    expect(message!.subject).toBe('Welcome to Acme Developers');
    expect(message!.text).toContain('One step is left');
    expect(message!.text).toContain('http://portal.test/forgot-password');
  });

  it('of a portal that lets keys go on say so', async () => {
    await house.command('ChangePortalSettings', { portal_id: portal, keep_keys_of_revoked_developers: true });
    const id = await register();
    await confirm(id);
    await house.command('ApproveDeveloper', { developer_id: id });
    await mail.news();
    await house.command('RevokeDeveloper', { developer_id: id });
    expect((await mail.news())[0]!.text).toContain('go on working');
  });
});

describe('nobody is written to', () => {
  it('who has been removed', async () => {
    const id = await register();
    await confirm(id);
    await mail.news();
    await mail.runner.stop();
    await house.command('ApproveDeveloper', { developer_id: id });
    await house.command('RemoveDeveloper', { developer_id: id });
    mail = await startMail(house);
    expect(await mail.news()).toEqual([]);
  });

  it('who has been forgotten', async () => {
    const id = await register();
    await confirm(id);
    await mail.news();
    await house.keyring.destroyPersonKey(id);
    await house.command('ApproveDeveloper', { developer_id: id });
    expect(await mail.news()).toEqual([]);
  });
});
