import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOutbound, OutboundFailed, type OutboundOptions } from './outbound.js';

describe('outbound calls', () => {
  const running: Server[] = [];
  const seen: string[] = [];

  /** A server on a free port of this machine; `seen` has the paths it was asked for. */
  async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<number> {
    const server = createServer((request, response) => {
      seen.push(request.url!);
      listener(request, response);
    });
    running.push(server);
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return (server.address() as AddressInfo).port;
  }

  async function using<T>(options: OutboundOptions, use: (call: ReturnType<typeof createOutbound>['request']) => T) {
    const outbound = createOutbound(options);
    try {
      return await use(outbound.request);
    } finally {
      await outbound.close();
    }
  }

  const reasonOf = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'answered',
      (error: unknown) => (error instanceof OutboundFailed ? error.reason : String(error)),
    );

  beforeEach(() => void seen.splice(0));
  afterEach(() => {
    for (const server of running.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('sends method, headers and body, and gives status, headers and body', async () => {
    const port = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(418, { 'x-two': ['a', 'b'], 'x-method': request.method! });
        response.end(`${request.headers['x-mine']}:${Buffer.concat(chunks).toString()}`);
      });
    });
    await using({ allowPrivate: ['127.0.0.1'] }, async (request) => {
      const answer = await request(`http://127.0.0.1:${port}/a`, {
        method: 'PUT',
        headers: { 'X-Mine': 'yes' },
        body: 'héllo',
      });
      expect(answer.status).toBe(418);
      expect(answer.headers.get('x-method')).toBe('PUT');
      expect(answer.headers.get('x-two')).toBe('a, b');
      expect(new TextDecoder().decode(answer.body)).toBe('yes:héllo');
    });
  });

  it.each([
    'http://127.0.0.1:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://0177.0.0.01:PORT/',
    'http://127.1:PORT/',
    'http://0:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[0:0:0:0:0:ffff:7f00:1]:PORT/',
    'http://①②⑦.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://LOCALHOST:PORT/',
  ])('refuses %s', async (url) => {
    const port = await serve((_request, response) => response.end('secret'));
    await using({}, async (request) => {
      expect(await reasonOf(request(url.replace('PORT', String(port))))).toBe('refused-address');
    });
    expect(seen).toEqual([]);
  });

  it.each([
    'ftp://example.org/',
    'file:///etc/passwd',
    'gopher://example.org/',
    'not a url',
    '',
    'http://u:p@example.org/',
  ])('refuses %s as an address', async (url) => {
    await using({ allowPrivate: true }, async (request) => expect(await reasonOf(request(url))).toBe('bad-url'));
  });

  it('connects to the address that was checked, whatever the name server says afterwards', async () => {
    const port = await serve((_request, response) => response.end('private'));
    let asked = 0;
    const lookup = async () => {
      asked += 1;
      // Permitted at first, and not at the second look that a check-then-connect would take.
      return [{ address: asked === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
    };
    await using({ allowPrivate: ['127.0.0.1'], lookup }, async (request) => {
      const answer = await request(`http://rebind.example:${port}/first`);
      expect(new TextDecoder().decode(answer.body)).toBe('private');
      expect(asked).toBe(1);
      expect(await reasonOf(request(`http://rebind.example:${port}/second`))).toBe('refused-address');
    });
    expect(seen).toEqual(['/first']);
  });

  it('leaves out those of several addresses that may not be called', async () => {
    const port = await serve((_request, response) => response.end('ok'), '127.0.0.1');
    const hidden = [
      { address: '169.254.169.254', family: 4 },
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ];
    await using({ allowPrivate: ['127.0.0.1'], lookup: async () => hidden }, async (request) => {
      expect((await request(`http://both.example:${port}/`)).status).toBe(200);
    });
  });

  it('does not follow redirects', async () => {
    const port = await serve((_request, response) => response.writeHead(302, { location: '/elsewhere' }).end());
    await using({ allowPrivate: true }, async (request) => {
      const answer = await request(`http://127.0.0.1:${port}/start`);
      expect([answer.status, answer.headers.get('location')]).toEqual([302, '/elsewhere']);
    });
    expect(seen).toEqual(['/start']);
  });

  it('ends a call whose answer never begins', async () => {
    const port = await serve(() => undefined);
    await using({ allowPrivate: true, timeoutMs: 100 }, async (request) => {
      expect(await reasonOf(request(`http://127.0.0.1:${port}/`))).toBe('timeout');
    });
  });

  it('ends a call whose body never ends, byte by byte', async () => {
    const port = await serve((_request, response) => {
      const dripping = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(dripping));
    });
    await using({ allowPrivate: true }, async (request) => {
      expect(await reasonOf(request(`http://127.0.0.1:${port}/`, { timeoutMs: 200 }))).toBe('timeout');
    });
  });

  it('ends a call to a name whose server does not answer', async () => {
    const lookup = () => new Promise<never>(() => undefined);
    await using({ lookup, timeoutMs: 100 }, async (request) => {
      expect(await reasonOf(request('http://slow.example/'))).toBe('timeout');
    });
  });

  it.each([
    ['announced', true],
    ['not announced', false],
  ])('stops reading a body that is too large, %s', async (_name, announced) => {
    let sent = 0;
    const port = await serve((_request, response) => {
      if (announced) response.setHeader('content-length', String(1e9));
      const more = (): void => {
        for (let n = 0; n < 16; n += 1) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more);
        }
        setImmediate(more);
      };
      more();
    });
    await using({ allowPrivate: true, maxBytes: 100_000 }, async (request) => {
      expect(await reasonOf(request(`http://127.0.0.1:${port}/`))).toBe('too-large');
    });
    expect(sent).toBeLessThan(1e8);
  });

  it.each([
    [{ 'x-a': 'b\r\nx-injected: 1' }],
    [{ 'x-a': 'b\nc' }],
    [{ 'x a': 'b' }],
    [{ Host: 'internal' }],
    [{ 'Transfer-Encoding': 'chunked' }],
    [{ 'content-length': '3' }],
  ] as Record<string, string>[][])('refuses the headers %j', async (headers) => {
    const port = await serve((_request, response) => response.end());
    await using({ allowPrivate: true }, async (request) => {
      expect(await reasonOf(request(`http://127.0.0.1:${port}/`, { headers: headers! }))).toBe('bad-request');
    });
    expect(seen).toEqual([]);
  });

  it('says that a server is unreachable, with nothing of path, query or headers', async () => {
    const port = await serve(() => undefined);
    running[0]!.close();
    await using({ allowPrivate: true }, async (request) => {
      const url = `http://127.0.0.1:${port}/hush?token=hush`;
      const failed = await request(url, { headers: { authorization: 'hush' } }).catch((error: unknown) => error);
      expect(failed).toMatchObject({ reason: 'unreachable' });
      expect(String((failed as Error).message)).not.toContain('hush');
    });
  });

  it("ends with the caller's own reason when the caller gives up", async () => {
    const port = await serve(() => undefined);
    await using({ allowPrivate: true }, async (request) => {
      const gone = new AbortController();
      const call = request(`http://127.0.0.1:${port}/`, { signal: gone.signal });
      gone.abort(new Error('no longer needed'));
      await expect(call).rejects.toThrow('no longer needed');
    });
  });
});
