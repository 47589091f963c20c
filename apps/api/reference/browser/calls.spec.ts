import { gzipSync } from 'node:zlib';
import { createFetch, type Choice, type Needs } from './calls.js';

const OWN = 'https://portal.example.org';
const API = 'https://api.example.org/v1';
const PROXY = `${OWN}/reference/proxy/p/v`;
const KEYED: NonNullable<Choice['application']> = { id: 'app', proof: { kind: 'key', names: ['x-api-key', 'apikey'] } };

interface Fetched {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Stands for a browser: calls to the API fail as those do that CORS does not permit. */
function page({
  choice = {},
  cors = false,
  answer = {},
  ...needs
}: Partial<Omit<Needs, 'choice'>> & {
  choice?: Partial<Choice>;
  cors?: boolean;
  answer?: object;
} = {}) {
  const fetched: Fetched[] = [];
  const ways: string[] = [];
  const send = createFetch({
    ...{ servers: [API], proxy: PROXY, own: OWN },
    choice: () => ({ application: KEYED, secret: 'gh_key', way: 'auto', ...choice }),
    onSent: (way) => ways.push(way),
    async fetch(input, init) {
      const request = new Request(input, init);
      const { method, url, headers } = request;
      fetched.push({ method, url, headers, body: await request.text() });
      if (url.startsWith(API) && !cors) throw new TypeError('Failed to fetch');
      if (url !== PROXY) return new Response('straight');
      return Response.json({
        status: 201,
        headers: [['x-a', 'b']],
        body: btoa('from the API'),
        latency_ms: 1,
        ...answer,
      });
    },
    ...needs,
  });
  const lines = () => fetched.map(({ method, url }) => `${method} ${url}`);
  return { send, fetched, ways, lines };
}

describe('a call of the page', () => {
  it('goes straight where CORS lets it, with the key of the application under its name', async () => {
    const { send, fetched, ways, lines } = page({ cors: true });
    expect(await (await send(`${API}/pets`)).text()).toBe('straight');
    expect(lines()).toEqual([`GET ${API}/pets`]);
    expect(fetched[0]!.headers.get('x-api-key')).toBe('gh_key');
    expect(ways).toEqual(['straight']);
  });

  it('keeps the key that the reader set there, under any of its names', async () => {
    const { send, fetched } = page({ cors: true });
    await send(`${API}/pets`, { headers: { ApiKey: 'other' } });
    expect(fetched[0]!.headers.get('apikey')).toBe('other');
    expect(fetched[0]!.headers.get('x-api-key')).toBeNull();
  });

  it('has an access token where that is the proof', async () => {
    const { send, fetched } = page({ cors: true, choice: { application: { id: 'app', proof: { kind: 'token' } } } });
    await send(`${API}/pets`);
    expect(fetched[0]!.headers.get('authorization')).toBe('Bearer gh_key');
  });

  it('goes through the portal where CORS does not let it, and from then on at once', async () => {
    const { send, fetched, lines, ways } = page();
    const answer = await send(`${API}/pets?a=b`);
    expect([answer.status, answer.url, answer.headers.get('x-a')]).toEqual([201, `${API}/pets?a=b`, 'b']);
    expect(await answer.text()).toBe('from the API');
    await send(`${API}/more`);
    expect(lines()).toEqual([`GET ${API}/pets?a=b`, `POST ${PROXY}`, `POST ${PROXY}`]);
    expect(JSON.parse(fetched[1]!.body)).toEqual({
      ...{ application_id: 'app', method: 'GET', url: `${API}/pets?a=b` },
      headers: [['x-api-key', 'gh_key']],
    });
    expect(ways).toEqual(['portal', 'portal']);
  });

  it('that changes something is sent once: a HEAD finds out the way', async () => {
    const closed = page();
    await closed.send(`${API}/pets`, {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    });
    expect(closed.lines()).toEqual([`HEAD ${API}/pets`, `POST ${PROXY}`]);
    expect(JSON.parse(closed.fetched[1]!.body)).toMatchObject({ method: 'POST', body: btoa('{"a":1}') });
    const open = page({ cors: true });
    await open.send(`${API}/pets`, { method: 'DELETE' });
    expect(open.lines()).toEqual([`HEAD ${API}/pets`, `DELETE ${API}/pets`]);
  });

  it('that changes something and fails on its way is never sent again', async () => {
    const seen: string[] = [];
    const { send } = page({
      async fetch(input, init) {
        const { method } = new Request(input, init);
        seen.push(method);
        if (method === 'PUT') throw new TypeError('Failed to fetch');
        return new Response('');
      },
    });
    await expect(send(`${API}/pets`, { method: 'PUT', body: 'a' })).rejects.toThrow('not sent again');
    expect(seen).toEqual(['HEAD', 'PUT']);
  });

  it('goes the way that is chosen, and no other', async () => {
    const portal = page({ cors: true, choice: { way: 'portal' } });
    await portal.send(`${API}/pets`);
    expect(portal.lines()).toEqual([`POST ${PROXY}`]);
    const straight = page({ choice: { way: 'straight' } });
    await expect(straight.send(`${API}/pets`)).rejects.toThrow('does not let this page call it');
    expect(straight.lines()).toEqual([`GET ${API}/pets`]);
  });

  it('cannot go through the portal without an application', async () => {
    const { send, lines } = page({ choice: { application: undefined, secret: '' } });
    await expect(send(`${API}/pets`)).rejects.toThrow('Choose an application');
    expect(lines()).toEqual([`GET ${API}/pets`]);
  });

  it.each(['https://evil.example.org/v1', 'https://api.example.org/v2', 'https://api.example.org/v10'])(
    'to %s is not sent, nor is its key',
    async (url) => {
      const { send, fetched } = page({ cors: true });
      await expect(send(url)).rejects.toThrow('does not list this server');
      expect(fetched).toEqual([]);
    },
  );

  it('reads the description from this origin, without a key', async () => {
    const { send, fetched } = page();
    await send(`${OWN}/reference/p/v/description`);
    expect(fetched[0]!.headers.get('x-api-key')).toBeNull();
    await expect(send(`${OWN}/api/v2/developer/me`, { method: 'DELETE' })).rejects.toThrow('does not list');
  });

  it('tells what the portal says against it', async () => {
    const { send } = page({
      async fetch(input) {
        if (String(input).startsWith(API)) throw new TypeError('Failed to fetch');
        return Response.json({ detail: 'These are many calls.' }, { status: 429 });
      },
    });
    await expect(send(`${API}/pets`)).rejects.toThrow('These are many calls.');
  });

  it('has an answer without a body, or a compressed one', async () => {
    expect((await page({ answer: { status: 204, body: '' } }).send(`${API}/pets`)).status).toBe(204);
    const zipped = { body: gzipSync('long').toString('base64'), headers: [['content-encoding', 'gzip']] };
    expect(await (await page({ answer: zipped }).send(`${API}/pets`)).text()).toBe('long');
  });
});
