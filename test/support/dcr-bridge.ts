import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the bridge does wrong when it is asked for a client; `made` says whether it makes one all the same. */
export type Fault = 'silent' | 'error' | 'cut' | 'no-json' | 'refused' | 'redirect';

export interface BridgeCall {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Bridge {
  readonly url: string;
  readonly apiKey: string;
  /** The clients that there are, by id, with their present secrets. */
  readonly clients: Map<string, { readonly name: string; secret: string }>;
  /** Every secret that it ever gave. */
  readonly secrets: string[];
  readonly calls: BridgeCall[];
  /** How many clients it has ever made. */
  made: number;
  /** Of the next request for a client only. */
  fault?: Fault;
  /** The next request for a client is answered with this one, which is there already. */
  again?: string;
  /** Every call is refused or answered with this status, until it is undefined. */
  broken?: number | undefined;
  /** Called when a client was made, before it is answered. */
  onMade?: () => void | Promise<void>;
  stop(): Promise<void>;
}

/** A real HTTP bridge, as an operator would run one. `idempotent`: it knows a repeated Idempotency-Key again, and says so. */
export async function startBridge({ idempotent = false } = {}): Promise<Bridge> {
  const answers = new Map<string, object>();
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bridge: Bridge = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dcr`,
    apiKey: 'canary_bridge_key_5f4e3d2c1b0a',
    clients: new Map(),
    secrets: [],
    calls: [],
    made: 0,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function newSecret(): string {
    const secret = `canary-client-secret-${randomUUID()}`;
    bridge.secrets.push(secret);
    return secret;
  }

  function make(name: string, key: string): object {
    const known = idempotent ? answers.get(key) : undefined;
    if (known) return known;
    const client_id = `client-${++bridge.made}-${randomUUID().slice(0, 8)}`;
    const client_secret = newSecret();
    bridge.clients.set(client_id, { name, secret: client_secret });
    const answer = { client_id, client_secret };
    answers.set(key, answer);
    return answer;
  }

  async function register(body: Readonly<Record<string, unknown>>, request: IncomingMessage, response: ServerResponse) {
    const { fault } = bridge;
    delete bridge.fault;
    if (fault === 'refused') return send(response, 400, { error: 'invalid_redirect_uri', error_description: 'no' });
    if (fault === 'redirect') {
      response.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data' });
      return void response.end();
    }
    const client = bridge.clients.get(bridge.again ?? '');
    if (client) return send(response, 201, { client_id: bridge.again, client_secret: client.secret });
    const answer = make(String(body['client_name']), String(request.headers['idempotency-key']));
    await bridge.onMade?.();
    if (fault === 'silent') return;
    if (fault === 'cut') return void request.socket.destroy();
    if (fault === 'error') return send(response, 500, { error: 'oops' });
    if (fault === 'no-json') return void response.writeHead(201).end('<html>created</html>');
    send(response, 201, answer);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const path = url.replace(/^\/dcr/, '');
    const text = (await request.toArray()).join('');
    const body = JSON.parse(text || '{}') as BridgeCall['body'];
    if (idempotent && request.headers['idempotency-key'])
      response.setHeader('idempotency-key', request.headers['idempotency-key']);
    if (bridge.broken !== undefined) return send(response, bridge.broken, { error: 'broken' });
    if (request.headers['x-api-key'] !== bridge.apiKey) return send(response, 401, { error: 'invalid_token' });
    bridge.calls.push({ method, path, body });
    if (method === 'POST' && path === '/') return register(body, request, response);
    const [, id = '', action] = path.split('/').map(decodeURIComponent);
    const client = bridge.clients.get(id);
    if (!client) return send(response, 404, { error: 'unknown_client' });
    if (method === 'DELETE') {
      bridge.clients.delete(id);
      return void response.writeHead(204).end();
    }
    if (action === 'new-secret') {
      client.secret = newSecret();
      return send(response, 200, { client_id: id, client_secret: client.secret });
    }
    send(response, 200, {});
  }

  return bridge;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
