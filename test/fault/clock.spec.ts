import { commandsOf, type Send } from '../support/commands.js';
import { approvedDeveloper, signIn } from '../support/developers.js';
import { portalScene, type PortalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { isAccepted, sameAnswer, send, type Answer, type HttpRequest } from './send.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** As when a machine is corrected, or a virtual one resumed. */
describe('a clock that steps back an hour', () => {
  let server: TestServer;
  let command: Send;
  let scene: PortalScene;

  beforeEach(async () => {
    server = await startTestServer();
    command = commandsOf(server);
    scene = await portalScene(command);
  });
  afterEach(() => server.stop());

  const ask = async (request: HttpRequest, key?: string): Promise<Answer> => (await send(server, request, key))!;
  const order = (name: string, body: object, key?: string): Promise<Answer> =>
    ask({ method: 'POST', path: `/commands/${name}`, body }, key);
  const generate = (key?: string) => order('GenerateCredential', { application_id: scene.adasApp }, key);

  it('leaves positions and revisions in order, and the views right', async () => {
    const before = await server.services.store.head();
    server.advance(-HOUR_MS);
    const answers = [await generate(), await order('ApproveApp', { application_id: scene.adasApp }), await generate()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const events = await server.services.store.readStream(`application-${scene.adasApp}`);
    const late = events.filter(({ position }) => position > before);
    expect(late.map(({ position }) => position)).toEqual([before + 1n, before + 2n, before + 3n]);
    expect(events.map(({ revision }) => revision)).toEqual(events.map((_, index) => index));
    const times = events.map(({ metadata }) => metadata['recorded_at']!);
    expect(times.indexOf([...times].sort()[0]!)).toBeGreaterThan(0); // the clock did step back
    await server.services.projections.waitFor(before + 3n, 5_000);
    const keys = { field: 'application_id', op: 'eq', value: scene.adasApp } as const;
    expect(await server.services.reads.count('credentials', [keys])).toBe(2);
    expect(await server.services.reads.get('registrations', scene.pending)).toMatchObject({ status: 'approved' });
  });

  it('gives recorded answers again, from before and after the step, for a day', async () => {
    const before = await generate('before');
    server.advance(-HOUR_MS);
    const after = await generate('after');
    const head = await server.services.store.head();
    for (const [key, first] of [
      ['before', before],
      ['after', after],
    ] as const) {
      const again = await generate(key);
      expect(isAccepted(first)).toBe(true);
      expect([again.replayed, sameAnswer(again, first)]).toEqual([true, true]);
    }
    expect(await server.services.store.head()).toBe(head);
    server.advance(DAY_MS + HOUR_MS);
    const afresh = await generate('after');
    expect([afresh.replayed, isAccepted(afresh)]).toEqual([false, true]);
    expect(await server.services.store.head()).toBe(head + 1n);
  });

  it('neither ends sessions nor brings ended ones back', async () => {
    const { id, email } = await approvedDeveloper(server, command, scene.portal, 'grace@example.org');
    const me = async (cookie: string) =>
      (await fetch(`${server.url}/api/v2/developer/me`, { headers: { cookie } })).status;
    const [early, ended] = [await signIn(server, { email }), await signIn(server, { email })];
    await server.services.sessions.endSession({ access: /portalaccesstoken=([^;]+)/.exec(ended)![1]! });
    server.advance(-HOUR_MS);
    const late = await signIn(server, { email });
    expect([await me(early), await me(ended), await me(late)]).toEqual([200, 401, 200]);
    await command('RevokeDeveloper', { developer_id: id });
    expect([await me(early), await me(late)]).toEqual([401, 401]);
  });

  it('does not make a revoked key good again', async () => {
    await command('ApproveApp', { application_id: scene.adasApp });
    const { result } = JSON.parse((await generate()).body) as { result: { id: string; credential: string } };
    const check = async (): Promise<number> =>
      (
        await fetch(`${server.url}/gateway/check?product_version=${scene.version}`, {
          headers: { 'x-api-key': result.credential },
        })
      ).status;
    expect(await check()).toBe(200);
    server.advance(-HOUR_MS);
    expect(await check()).toBe(200);
    await command('RevokeCredential', { application_id: scene.adasApp, credential_id: result.id });
    server.advance(-HOUR_MS);
    expect(await check()).toBe(401);
  });
});
