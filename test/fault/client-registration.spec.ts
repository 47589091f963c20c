import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startBridge, type Bridge } from '../support/dcr-bridge.js';
import { startServer, type ServerProcess } from './server-process.js';

const LONG_MS = 240_000;
/** After this an unfinished registration counts as interrupted. */
const GRACE_MS = 20_000;

type Json = Readonly<Record<string, unknown>> & { readonly id: string };
type Api = (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<Json>;

let dataDir: string;
let server: ServerProcess;
let url: string;
let api: Api;

async function start(): Promise<void> {
  server = startServer(dataDir);
  url = await server.listening;
  const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  api = async (method, path, body, headers = {}) => {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Json;
  };
}

const sent = async (name: string, body: object): Promise<Json> =>
  (await api('POST', `/commands/${name}`, body))['result'] as Json;

/** A developer, and a strategy whose clients the bridge registers. */
async function scene(bridge: Bridge) {
  const provider = await api('POST', '/v2/dcr-providers', {
    name: 'bridge',
    provider_type: 'http',
    issuer: 'https://idp.example.org',
    dcr_config: { dcr_base_url: bridge.url, api_key: bridge.apiKey },
  });
  await api('POST', `/v2/dcr-providers/${provider.id}/verify`);
  const config = {
    issuer: 'https://idp.example.org',
    credential_claim: ['sub'],
    scopes: ['read'],
    auth_methods: ['bearer'],
  };
  const strategy = await sent('CreateAuthStrategy', {
    name: 'clients',
    display_name: 'Clients',
    strategy_type: 'openid_connect',
    configs: { 'openid-connect': config },
    dcr_provider_id: provider.id,
  });
  const portal = await sent('CreatePortal', { name: 'acme' });
  const developer = await sent('RegisterDeveloper', {
    portal_id: portal.id,
    email: 'ada@example.org',
    full_name: 'Ada Lovelace',
  });
  await sent('ApproveDeveloper', { developer_id: developer.id });
  return { developer_id: developer.id, auth_strategy_id: strategy.id, portal: portal.id };
}

beforeEach(async () => {
  process.env['GATEHOUSE_OUTBOUND_PRIVATE'] = '127.0.0.1';
  dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-clients-'));
  await start();
});
afterEach(async () => {
  delete process.env['GATEHOUSE_OUTBOUND_PRIVATE'];
  await server.kill();
  await rm(dataDir, { recursive: true, force: true });
});

/** Creates applications one after the other, and kills the process around each call: before, during and after it. */
async function killAround(bridge: Bridge, values: object, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const moment = new Promise<void>((reached) => {
      // Even rounds end during the call or right after it, odd ones a little after the request is sent.
      if (round % 2 === 0) bridge.onMade = () => reached();
      else setTimeout(reached, round);
    });
    const answer = api('POST', '/commands/CreateApplication', { ...values, name: `App ${round}` }).catch(
      () => undefined,
    );
    await Promise.race([moment, answer]);
    await delay(round % 3);
    await server.kill();
    await answer;
    delete bridge.onMade;
    await start();
  }
}

interface Left {
  /** Clients at the bridge by the application that they were made for. */
  readonly clients: ReadonlyMap<string, readonly string[]>;
  readonly applications: readonly Json[];
  readonly parked: string;
}

/** What there is once everything that can be finished is finished. */
async function settled(bridge: Bridge, portal: string): Promise<Left> {
  await delay(GRACE_MS);
  for (let waiting = 1; waiting > 0;) {
    await delay(500);
    const reactors = (await api('GET', '/status'))['reactors'] as readonly { name: string; waiting: number }[];
    waiting = reactors.find(({ name }) => name === 'clients')!.waiting;
  }
  const clients = new Map<string, string[]>();
  for (const [id, { name }] of bridge.clients) {
    const application = /\(([0-9a-f-]{36})\)$/.exec(name)![1]!;
    clients.set(application, [...(clients.get(application) ?? []), id]);
  }
  const list = await api('GET', `/v2/portals/${portal}/applications?page[size]=100`);
  return {
    clients,
    applications: list['data'] as readonly Json[],
    parked: JSON.stringify((await api('GET', '/status'))['reactors']),
  };
}

it(
  'kill -9 around the call leaves no second client, and none that nobody knows of',
  async () => {
    const bridge = await startBridge();
    const { portal, ...values } = await scene(bridge);
    await killAround(bridge, values, 6);
    const { clients, applications, parked } = await settled(bridge, portal);
    expect(bridge.made).toBeGreaterThan(0);
    for (const [application, ids] of clients) {
      expect(ids).toHaveLength(1);
      const owner = applications.find(({ id }) => id === application);
      if (owner) expect(owner['reference_id']).toBe(ids[0]);
      else expect(parked).toContain(application);
    }
    for (const { id, reference_id } of applications) expect(clients.get(id)).toEqual([reference_id]);
    await bridge.stop();
  },
  LONG_MS,
);

it(
  'a bridge that knows a repeated Idempotency-Key is left with exactly the clients of the applications that there are',
  async () => {
    const bridge = await startBridge({ idempotent: true });
    const { portal, ...values } = await scene(bridge);
    await killAround(bridge, values, 6);
    const { clients, applications } = await settled(bridge, portal);
    expect(bridge.made).toBeGreaterThan(0);
    const expected = new Map(applications.map(({ id, reference_id }) => [id, [reference_id]]));
    expect(clients).toEqual(expected);
    await bridge.stop();
  },
  LONG_MS,
);
