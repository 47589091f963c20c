import { browser, cameBack, ssoScene, titleOf, type SsoScene } from './scene.js';
import { signInAtProvider, startOidcProvider, type TestProvider } from '../support/oidc-provider.js';
import { approvedDeveloper } from '../support/developers.js';
import { outboxOf } from '../support/outbox.js';

const ADA = { email: 'ada@example.org', email_verified: true, name: 'Ada Lovelace', groups: ['engineers', 'staff'] };

let scene: SsoScene;
let provider: TestProvider;
const back = () => ({ stopAt: (url: URL) => url.origin === scene.server.url && url.pathname === '/login' });
const signIn = (login: string, who = browser(), returnTo?: string) =>
  signInAtProvider(who, scene.start(returnTo), login, back());

beforeAll(async () => {
  scene = await ssoScene();
  provider = await startOidcProvider({
    redirectUris: [scene.callback],
    accounts: { ada: ADA },
  });
  await scene.trust(provider);
});
afterAll(async () => {
  await provider?.stop();
  await scene?.server.stop();
});

describe('signing in through a real provider that requires PKCE', () => {
  it('makes the developer at the first time, approved, and comes back with a session', async () => {
    const who = browser();
    const page = await signIn('ada', who, `${scene.server.url}/login?to=%2Fmy-apps`);
    expect(page.url).toBe(`${scene.server.url}/login?to=%2Fmy-apps&loginSuccess=true`);
    expect(await scene.me(who)).toMatchObject({ email: 'ada@example.org', full_name: 'Ada Lovelace' });
    expect([...who.cookies(scene.server.url)].sort()).toEqual(['portalaccesstoken', 'portalrefreshtoken']);
    const { body } = await scene.admin('GET', `/v2/portals/${scene.portal}/developers`);
    expect((body as unknown as { data: object[] }).data).toEqual([
      expect.objectContaining({ email: 'ada@example.org', full_name: 'Ada Lovelace', status: 'approved' }),
    ]);
  });

  it('finds the same developer the next time, and takes over nothing that changed at the provider', async () => {
    const first = await scene.me(await signedIn('ada'));
    provider.accounts['ada'] = { ...ADA, email: 'countess@example.org', name: 'Countess Lovelace' };
    const head = await scene.server.services.store.head();
    expect(await scene.me(await signedIn('ada'))).toEqual(first);
    expect(await scene.server.services.store.head()).toBe(head);
    provider.accounts['ada'] = ADA;
  });

  it('asks only for what the settings say, with a challenge, a nonce and a state of its own', async () => {
    const page = await browser().visit(scene.start(), { stopAt: (url) => url.origin === provider.issuer });
    const { searchParams, pathname } = new URL(page.url);
    expect(pathname).toBe('/auth');
    expect(Object.fromEntries(searchParams)).toEqual({
      response_type: 'code',
      client_id: provider.clientId,
      redirect_uri: scene.callback,
      scope: 'openid email profile groups',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('keeps two tabs apart, in either order', async () => {
    const who = browser();
    const atProvider = { stopAt: (url: URL) => url.origin === provider.issuer };
    const [one, two] = [await who.visit(scene.start(`${scene.server.url}/login?tab=1`), atProvider), await who.visit(scene.start(`${scene.server.url}/login?tab=2`), atProvider)]; // prettier-ignore
    expect(who.cookies(scene.server.url).filter((name) => name.startsWith('portalsso_'))).toHaveLength(2);
    const second = await signInAtProvider(who, two.url, 'ada', back());
    const first = await signInAtProvider(who, one.url, 'ada', back());
    expect(new URL(second.url).searchParams.get('tab')).toBe('2');
    expect(new URL(first.url).searchParams.get('tab')).toBe('1');
    expect([cameBack(first), cameBack(second)]).toEqual([true, true]);
    expect(who.cookies(scene.server.url).some((name) => name.startsWith('portalsso_'))).toBe(false);
  });

  it('takes no code that was stolen from another login: the provider refuses the verifier', async () => {
    const stopAt = { stopAt: (url: URL) => url.href.startsWith(scene.callback) };
    const stolen = new URL((await signInAtProvider(browser(), scene.start(), 'ada', stopAt)).url).searchParams.get('code')!; // prettier-ignore
    const attacker = browser();
    const mine = new URL((await signInAtProvider(attacker, scene.start(), 'ada', stopAt)).url);
    mine.searchParams.set('code', stolen);
    expect(titleOf(await attacker.visit(mine.href))).toBe('Please sign in again');
    expect(scene.reasons().at(-1)).toBe('code-refused');
    expect(await scene.me(attacker)).toBeUndefined();
  });

  it('keeps a browser from filling up with logins that are never finished', async () => {
    const who = browser();
    const atProvider = { stopAt: (url: URL) => url.origin === provider.issuer };
    for (let tab = 0; tab < 12; tab++) await who.visit(scene.start(), atProvider);
    expect(who.cookies(scene.server.url)).toHaveLength(6);
  });

  it('makes a new session, and ends the one that was in the browser', async () => {
    const planted = await scene.server.services.sessions.startSession(await adasId(), scene.portal);
    const who = browser();
    who.plant(scene.server.url, 'portalaccesstoken', planted.access);
    expect(cameBack(await signIn('ada', who))).toBe(true);
    expect(await scene.server.services.sessions.authenticate(planted.access)).toBeUndefined();
    expect(await scene.me(who)).toMatchObject({ email: 'ada@example.org' });
  });

  it('works with a client that shows its secret in the form only', async () => {
    const other = await startOidcProvider({
      redirectUris: [scene.callback],
      accounts: { ada: { ...ADA, email: 'ada.post@example.org' } },
      authMethod: 'client_secret_post',
    });
    await scene.trust(other);
    const who = await signedIn('ada');
    expect(await scene.me(who)).toMatchObject({ email: 'ada.post@example.org' });
    await scene.trust(provider);
    await other.stop();
  });

  it('sends no confirmation mail, and a welcome', async () => {
    provider.accounts['grace'] = { email: 'grace@example.org', email_verified: true, name: 'Grace Hopper' };
    await signedIn('grace');
    await scene.server.services.reactors.settled();
    const mails = outboxOf(scene.server).filter((mail) => mail.includes('grace@example.org'));
    expect(mails.map((mail) => /^Subject: (.*)$/m.exec(mail)?.[1])).toEqual(['Welcome to Sso']);
  });
});

describe('who is let in', () => {
  it('waits for approval where the portal says so', async () => {
    await scene.send('EditAuthenticationSettings', { portal_id: scene.portal, auto_approve_identities: false });
    provider.accounts['pat'] = { email: 'pat@example.org', email_verified: true, name: 'Pat' };
    const who = browser();
    expect(titleOf(await signIn('pat', who))).toBe('Your account waits for approval');
    expect(await scene.me(who)).toBeUndefined();
    const { id } = await developer('pat@example.org');
    await scene.send('ApproveDeveloper', { developer_id: id });
    expect(cameBack(await signIn('pat', who))).toBe(true);
    await scene.send('EditAuthenticationSettings', { portal_id: scene.portal, auto_approve_identities: true });
  });

  it('is told when the account is closed, and not let in', async () => {
    const { id } = await developer('pat@example.org');
    await scene.send('RevokeDeveloper', { developer_id: id });
    expect(titleOf(await signIn('pat'))).toBe('Your account was closed');
    await scene.send('RemoveDeveloper', { developer_id: id });
    expect(cameBack(await signIn('pat'))).toBe(true);
    expect((await developer('pat@example.org')).id).not.toBe(id);
  });

  it('needs an address', async () => {
    provider.accounts['nobody'] = { name: 'Nobody' };
    expect(titleOf(await signIn('nobody'))).toBe('Your account has no e-mail address');
  });

  it('gets the account with the same address if both sides have proven it', async () => {
    const { id } = await approvedDeveloper(scene.server, scene.send, scene.portal, 'bob@example.org', 'Bob');
    provider.accounts['bob'] = { email: 'Bob@Example.org', email_verified: true, name: 'Robert' };
    const who = await signedIn('bob');
    expect(await scene.me(who)).toMatchObject({ id, full_name: 'Bob' });
  });

  it('does not get an account with the same address if the provider does not vouch for it', async () => {
    await approvedDeveloper(scene.server, scene.send, scene.portal, 'eve@example.org', 'Eve');
    provider.accounts['mallory'] = { email: 'eve@example.org', email_verified: false, name: 'Mallory' };
    expect(titleOf(await signIn('mallory'))).toBe('An account with your e-mail address exists already');
    provider.accounts['mallory'] = { email: 'eve@example.org', name: 'Mallory' };
    expect(titleOf(await signIn('mallory'))).toBe('An account with your e-mail address exists already');
  });

  it('learns nothing of an account by an address that the provider does not vouch for', async () => {
    const { id } = await approvedDeveloper(scene.server, scene.send, scene.portal, 'max@example.org', 'Max');
    await scene.send('RevokeDeveloper', { developer_id: id });
    provider.accounts['max'] = { email: 'max@example.org', name: 'Max' };
    expect(titleOf(await signIn('max'))).toBe('An account with your e-mail address exists already');
    provider.accounts['max'] = { email: 'max@example.org', email_verified: true, name: 'Max' };
    expect(titleOf(await signIn('max'))).toBe('Your account was closed');
  });

  it('does not get an account whose address nobody has confirmed here', async () => {
    const { id } = await scene.send('RegisterDeveloper', { portal_id: scene.portal, email: 'zoe@example.org', full_name: 'Zoe' }); // prettier-ignore
    await scene.send('ApproveDeveloper', { developer_id: id });
    provider.accounts['zoe'] = { email: 'zoe@example.org', email_verified: true, name: 'Zoe' };
    expect(titleOf(await signIn('zoe'))).toBe('An account with your e-mail address exists already');
  });

  it('does not inherit the account of whoever had the address before at the same provider', async () => {
    provider.accounts['ada-the-second'] = ADA;
    expect(titleOf(await signIn('ada-the-second'))).toBe('Your e-mail address belongs to another account');
  });

  it('gets in with an address that is not proven, which then opens no other way in', async () => {
    provider.accounts['ivy'] = { email: 'ivy@example.org', name: 'Ivy' };
    const who = await signedIn('ivy');
    expect(await scene.me(who)).toMatchObject({ email: 'ivy@example.org' });
    for (const path of ['forgot-password', '']) {
      await fetch(`${scene.server.url}/api/v2/developer${path && `/${path}`}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'ivy@example.org', ...(path ? {} : { full_name: 'Ivy' }) }),
      });
    }
    await scene.server.services.reactors.settled();
    const mails = outboxOf(scene.server).filter((mail) => mail.includes('ivy@example.org'));
    expect(mails.length).toBeGreaterThan(0);
    expect(mails.filter((mail) => /[?&]token(=|=3D)/.test(mail))).toEqual([]);
  });
});

describe('groups of the provider', () => {
  const teamsOf = async (email: string) => {
    const { id } = await developer(email);
    const { body } = await scene.admin('GET', `/v2/portals/${scene.portal}/developers/${id}/teams`);
    return (body as unknown as { data: { name: string }[] }).data.map(({ name }) => name).sort();
  };

  it('decide on teams at each sign-in, once the portal says so', async () => {
    const team = async (name: string) => (await scene.send('CreateTeam', { portal_id: scene.portal, name })).id;
    const [engineers, staff] = [await team('Engineers'), await team('Staff')];
    await scene.send('MapGroupsToTeams', {
      portal_id: scene.portal,
      mappings: [
        { team_id: engineers, groups: ['engineers'] },
        { team_id: staff, groups: ['staff', 'interns'] },
      ],
    });
    await signedIn('ada');
    expect(await teamsOf('ada@example.org')).toEqual([]);
    await scene.send('EditAuthenticationSettings', { portal_id: scene.portal, idp_mapping_enabled: true });
    await signedIn('ada');
    expect(await teamsOf('ada@example.org')).toEqual(['Engineers', 'Staff']);
    provider.accounts['ada'] = { ...ADA, groups: ['interns'] };
    await signedIn('ada');
    expect(await teamsOf('ada@example.org')).toEqual(['Staff']);
    provider.accounts['ada'] = ADA;
  });
});

it('leaves neither secret nor person in log lines, events and views', async () => {
  const { store, reads } = scene.server.services;
  const events = JSON.stringify(await store.readAll({ after: 0n, limit: 5000 }), (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  const views = JSON.stringify(await Promise.all(['portals', 'developers'].map((view) => reads.find(view, { where: [], limit: 100 })))); // prettier-ignore
  const shown = await Promise.all(
    [`/v2/portals/${scene.portal}/identity-providers`, `/v2/portals/${scene.portal}/authentication-settings`, `/audit/portals/${scene.portal}`, '/events?limit=1000'].map((path) => scene.admin('GET', path)), // prettier-ignore
  );
  const all = [scene.server.logLines.join('\n'), events, views, JSON.stringify(shown)];
  expect(events).toContain('portal.identity-provider-added.v1');
  expect(all.map((text) => text.includes(provider.clientSecret))).toEqual([false, false, false, false]);
  expect(all.slice(0, 3).map((text) => /ada@example|Lovelace|"ada"/i.test(text))).toEqual([false, false, false]);
});

async function signedIn(login: string) {
  const who = browser();
  const page = await signIn(login, who);
  if (!cameBack(page)) throw new Error(`${login} was not signed in: ${titleOf(page)}`);
  return who;
}

async function developer(email: string): Promise<{ id: string; status: string }> {
  const path = `/v2/portals/${scene.portal}/developers?filter[email]=${encodeURIComponent(email)}`;
  const { body } = await scene.admin('GET', path);
  return (body as unknown as { data: { id: string; status: string }[] }).data[0]!;
}

const adasId = async () => (await developer('ada@example.org')).id;
