import { readServers } from './servers.js';

const basesOf = (document: object): readonly string[] => {
  const result = readServers(JSON.stringify(document));
  if (!result.ok) throw new Error(result.problem.message);
  return result.bases;
};
const withServers = (...servers: object[]) => ({ openapi: '3.1.0', info: { title: 'A' }, paths: {}, servers });

describe('the servers of a specification', () => {
  it('are those of the document, of its paths and of its operations', () => {
    const document = {
      ...withServers({ url: 'https://one.example.org/v1/' }),
      paths: {
        '/a': {
          servers: [{ url: 'https://two.example.org' }],
          get: { servers: [{ url: 'http://three.example.org:8080/x' }] },
          parameters: [],
        },
        '/b': null,
      },
    };
    expect(basesOf(document)).toEqual([
      'https://one.example.org/v1',
      'https://two.example.org',
      'http://three.example.org:8080/x',
    ]);
  });

  it('are read from YAML as well', () => {
    expect(readServers('openapi: 3.0.3\nservers:\n  - url: https://a.example.org/\n')).toEqual({
      ok: true,
      bases: ['https://a.example.org'],
      relative: false,
    });
  });

  it('of OpenAPI 2.0 are made of host, base path and schemes', () => {
    const document = {
      swagger: '2.0',
      host: 'api.example.org:8443',
      basePath: '/v1',
      schemes: ['https', 'http', 'ws'],
    };
    expect(basesOf(document)).toEqual(['https://api.example.org:8443/v1', 'http://api.example.org:8443/v1']);
    expect(basesOf({ swagger: '2.0', host: 'api.example.org' })).toEqual(['https://api.example.org']);
    expect(readServers('{"swagger":"2.0"}')).toMatchObject({ bases: [], relative: true });
  });

  it('have each value of an enumerated variable, and only the default of any other', () => {
    const variables = {
      region: { enum: ['eu', 'us'], default: 'eu' },
      stage: { default: 'live' },
      port: { enum: [443, 8443], default: 443 },
    };
    const url = 'https://{region}.{stage}.example.org:{port}/v1';
    expect(basesOf(withServers({ url, variables }))).toEqual([
      'https://eu.live.example.org/v1',
      'https://eu.live.example.org:8443/v1',
      'https://us.live.example.org/v1',
      'https://us.live.example.org:8443/v1',
    ]);
  });

  it('stay within bounds when variables multiply', () => {
    const digit = { enum: [...'0123456789'], default: '0' };
    const variables = { a: digit, b: digit, c: digit, d: digit, e: digit, f: digit, g: digit, h: digit };
    const url = 'https://example.org/{a}{b}{c}{d}{e}{f}{g}{h}';
    expect(basesOf(withServers({ url, variables }))).toHaveLength(200);
  });

  it('are found in bounded time when the values of variables are all the same', () => {
    const same = { enum: new Array<string>(1_000).fill('x'), default: 'x' };
    const variables = { a: same, b: same, c: same, d: same };
    expect(basesOf(withServers({ url: 'https://{a}{b}{c}{d}.example.org', variables }))).toEqual([
      'https://xxxx.example.org',
    ]);
  });

  it('have no value that brings a variable of its own', () => {
    const variables = { a: { enum: ['{a}{a}', 'x'], default: 'x' } };
    expect(basesOf(withServers({ url: 'https://{a}.example.org', variables }))).toEqual(['https://x.example.org']);
  });

  it.each([
    'ftp://example.org',
    'https://user@example.org',
    'https://user:secret@example.org',
    'https://example.org/?a=b',
    'https://example.org/#a',
    'https://{unknown}.example.org',
    "https://x;script-src'",
    'https://a,b',
    'https://*.example.org',
    'javascript:alert(1)',
  ])('are never %s', (url) => expect(basesOf(withServers({ url }))).toEqual([]));

  it.each(['/', '/v1', '//example.org/v1', 'v1', ''])('name no server with %j', (url) => {
    expect(readServers(JSON.stringify(withServers({ url })))).toEqual({ ok: true, bases: [], relative: true });
  });

  it('are said to be relative when there are none (OpenAPI 3.1: the default is /)', () => {
    expect(readServers('{"openapi":"3.1.0"}')).toEqual({ ok: true, bases: [], relative: true });
  });

  it.each(['[]', '{'])('are not read from %s', (text) => expect(readServers(text).ok).toBe(false));
});
