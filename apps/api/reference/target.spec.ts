import fc from 'fast-check';
import { readTarget } from './target.js';

const BASES = ['https://api.example.org/v1', 'http://127.0.0.1:8080'];

describe('an address to call', () => {
  it.each([
    ['https://api.example.org/v1', 'https://api.example.org/v1'],
    ['https://api.example.org/v1/pets?limit=2&tag=a%20b', 'https://api.example.org/v1/pets?limit=2&tag=a%20b'],
    ['https://API.example.org:443/v1/pets', 'https://api.example.org/v1/pets'],
    ['https://api.example.org/v1/repos/a%2Fb', 'https://api.example.org/v1/repos/a%2Fb'],
    ['https://api.example.org/v1/files/...', 'https://api.example.org/v1/files/...'],
    ['https://api.example.org/v1/50%25', 'https://api.example.org/v1/50%25'],
    ['https://api.example.org/v1/a?next=https://x@y/../z', 'https://api.example.org/v1/a?next=https://x@y/../z'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/'],
  ])('%s is below a listed server', (text, url) => expect(readTarget(text, BASES)).toEqual({ url }));

  it.each([
    ['another host', 'https://evil.example.org/v1/pets'],
    ['a host that begins alike', 'https://api.example.org.evil.example/v1/pets'],
    ['a host that ends alike', 'https://evilapi.example.org/v1/pets'],
    ['another port', 'https://api.example.org:8443/v1/pets'],
    ['another scheme', 'http://api.example.org/v1/pets'],
    ['another path', 'https://api.example.org/v2/pets'],
    ['a path that begins alike', 'https://api.example.org/v10/pets'],
    ['the same machine by another name', 'http://localhost:8080/'],
    ['the address of a cloud', 'http://169.254.169.254/latest/meta-data/'],
  ])('%s is not listed', (_, text) => expect(readTarget(text, BASES)).toEqual({ fault: 'not-listed' }));

  it.each([
    ['a user', 'https://api.example.org@evil.example/v1'],
    ['a user of a listed host', 'https://user:pass@api.example.org/v1/pets'],
    ['an empty user', 'https://@api.example.org/v1/pets'],
    ['dots', 'https://api.example.org/v1/../admin'],
    ['dots within', 'https://api.example.org/v1/a/../b'],
    ['encoded dots', 'https://api.example.org/v1/%2e%2e/admin'],
    ['half encoded dots', 'https://api.example.org/v1/.%2E/admin'],
    ['an encoded slash', 'https://api.example.org/v1/..%2fadmin'],
    ['encoded twice', 'https://api.example.org/v1/%252e%252e%252fadmin'],
    ['encoded five times', 'https://api.example.org/v1/%252525252e/admin'],
    ['a backslash', 'https://api.example.org/v1/..\\admin'],
    ['an encoded backslash', 'https://api.example.org/v1/..%5cadmin'],
    ['a segment parameter', 'https://api.example.org/v1/..;/admin'],
    ['a line break', 'https://api.example.org/v1/\r\nHost: evil.example'],
    ['an encoded line break', 'https://api.example.org/v1/a%0d%0aX-Injected:%201'],
    ['a NUL', 'https://api.example.org/v1/a%00'],
    ['a space', 'https://api.example.org/v1/a HTTP/1.1'],
    ['a fragment', 'https://api.example.org/v1#/admin'],
    ['another protocol', 'file:///etc/passwd'],
    ['no protocol', '//api.example.org/v1'],
    ['a path alone', '/v1/pets'],
    ['nothing', ''],
    ['no end', `https://api.example.org/v1/${'a'.repeat(9_000)}`],
  ])('with %s is none', (_, text) => expect(readTarget(text, BASES)).toEqual({ fault: 'not-an-address' }));

  it('never leads out of the base, whatever is appended to it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'/.\\%2ef5c@:;?#ab \r\n'), maxLength: 24 }), (tail) => {
        const target = readTarget(`https://api.example.org/v1/${tail}`, BASES);
        if ('fault' in target) return;
        const { origin, pathname } = new URL(target.url);
        expect(origin).toBe('https://api.example.org');
        const decoded = [1, 2, 3].reduce((text) => text.replace(/%2e/gi, '.').replace(/%2f/gi, '/'), pathname);
        expect(new URL(decoded, origin).pathname).toMatch(/^\/v1(\/|$)/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is none where no server is listed', () => {
    expect(readTarget('https://api.example.org/', [])).toEqual({ fault: 'not-listed' });
  });
});
