import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testClient, type Answer, type CommandAnswer, type TestClient } from '../support/client.js';
import { startRelay, type Direction, type Relay } from '../support/eventstore/relay.js';
import { startEventStore, type EventStoreDouble } from '../support/eventstore/server.js';
import { buildPortal, type TestPortal } from '../support/portal.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** Longer than an append is repeated whose outcome is open. */
const AMBIGUOUS_MS = 60_000;

describe('Connections to the event store that break while a command is carried out', () => {
  let folder: string;
  let double: EventStoreDouble;
  let relay: Relay;
  let server: TestServer;
  let admin: TestClient;
  let portal: TestPortal;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-cut-'));
    double = await startEventStore({ folder: join(folder, 'server') });
    relay = await startRelay(double);
    server = await startTestServer({
      GATEHOUSE_EVENT_STORE: `esdb://127.0.0.1:${relay.port}?tls=false`,
      GATEHOUSE_MASTER_KEY: '5a'.repeat(32),
    });
    admin = testClient(server.url, server.adminToken);
    portal = await buildPortal(admin);
  });
  afterEach(async () => {
    double.faults.arrives = () => true;
    double.faults.loseAcks = 0;
    await relay.open();
  });
  afterAll(async () => {
    await server.stop();
    relay.close();
    await double.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A command that takes two claims, as a client sends it that may send it again. */
  function creation(name: string = crypto.randomUUID()) {
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const body = { developer_id: portal.developerId, name };
    const send = () => admin.send<CommandAnswer>('POST', '/commands/CreateApplication', { body, headers });
    return { name, send };
  }

  const isReplay = ({ headers }: Answer<unknown>) => headers.get('idempotent-replayed') === 'true';

  /** How often each of these names was given. */
  async function timesCreated(name: string): Promise<number> {
    const events = await server.services.store.readAll({ after: 0n, limit: 10_000 });
    return events.filter(({ type, data }) => type === 'application.created.v1' && data['name'] === name).length;
  }

  async function expectOnce({ name, send }: ReturnType<typeof creation>, first: Answer<CommandAnswer>): Promise<void> {
    expect(first.status).toBe(200);
    const again = await send();
    expect([again.status, isReplay(again)]).toEqual([200, true]);
    expect(again.body).toEqual(first.body);
    expect(await timesCreated(name)).toBe(1);
  }

  /** Bytes that go by before the connection breaks: from amid the first frame to after the last. */
  const PLACES = [0, 1, 90, 180, 350, 700, 1_000, 1_500, 2_500];

  it.each<Direction>(['to server', 'to client'])(
    'store and answer it once, wherever on the way %s the connection breaks',
    async (direction) => {
      for (const bytes of PLACES) {
        const asked = creation();
        const isCut = relay.cutAfter(direction, bytes);
        const first = await asked.send();
        expect(isCut()).toBe(true);
        await expectOnce(asked, first);
      }
    },
    AMBIGUOUS_MS,
  );

  it(
    'leave no value taken by a command that has named itself and never arrived',
    async () => {
      const first = creation();
      double.faults.arrives = (stream) => {
        if (!stream.startsWith('application-')) return true;
        relay.shut();
        return false;
      };
      const refused = await first.send();
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
      double.faults.arrives = () => true;
      await relay.open();
      const second = creation(first.name);
      await expectOnce(second, await second.send());
      const late = await first.send();
      expect([late.status, late.body]).toEqual([409, expect.objectContaining({ code: 'application_name_taken' })]);
      expect(await timesCreated(first.name)).toBe(1);
    },
    AMBIGUOUS_MS,
  );

  it(
    'answer with what was stored when its answer was lost and it is sent again',
    async () => {
      const asked = creation();
      double.faults.onLostAck = () => relay.shut();
      double.faults.arrives = (stream) => {
        if (stream.startsWith('application-')) double.faults.loseAcks = 1;
        return true;
      };
      const lost = await asked.send();
      expect([lost.status, lost.headers.get('retry-after')]).toEqual([503, '2']);
      await relay.open();
      const first = await asked.send();
      expect(isReplay(first)).toBe(true);
      await expectOnce(asked, first);
      expect((await creation(asked.name).send()).status).toBe(409);
    },
    AMBIGUOUS_MS,
  );
});
