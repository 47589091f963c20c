import { renderHtml, renderText, type Letter } from './letter.js';
import { links, portalUrl } from './links.js';
import { oneLine } from './transport.js';

const frame = { name: 'Ada', portal: 'Acme <Dev>', portalUrl: 'https://dev.acme.example' };
const letter: Letter = {
  subject: 'About "Umbrella"',
  paragraphs: ['<script>alert(1)</script> & more'],
  reason: 'First line\nSecond <line>',
  action: { label: 'Open', url: 'https://dev.acme.example/login?token=1&email=a%40b' },
};

describe('a letter', () => {
  it('as HTML has nothing of what people typed but as text', () => {
    const html = renderHtml(letter, frame);
    expect(html).toContain('<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; more</p>');
    expect(html).toContain('First line<br>Second &lt;line&gt;');
    expect(html).toContain('href="https://dev.acme.example/login?token=1&amp;email=a%40b"');
    expect(html).toContain('Acme &lt;Dev&gt;');
    expect(html).not.toMatch(/<script|<line|<Dev/);
  });

  it('as text quotes the reason and has the link as it is', () => {
    const text = renderText(letter, frame);
    expect(text).toContain('Hello Ada,\n\n<script>alert(1)</script> & more\n');
    expect(text).toContain('> First line\n> Second <line>');
    expect(text).toContain('\nhttps://dev.acme.example/login?token=1&email=a%40b\n');
  });

  it('addresses nobody by name who has none', () => {
    expect(renderText(letter, { ...frame, name: '' })).toMatch(/^Hello,\n/);
  });
});

describe('links', () => {
  const domains = { custom_client_domain: null, custom_domain: null, default_domain: 'acme.localhost' };

  it('lead to the client domain, then the custom domain, then where this installation is', () => {
    const both = { ...domains, custom_client_domain: 'client.example', custom_domain: 'own.example' };
    const here = { portalUrl: 'http://here:3000/', origin: 'http://localhost:3000' };
    expect(portalUrl(both, here)).toBe('https://client.example');
    expect(portalUrl({ ...domains, custom_domain: 'own.example' }, here)).toBe('https://own.example');
    expect(portalUrl(domains, here)).toBe('http://here:3000');
  });

  it.each([
    ['http://localhost:3000', 'http://acme.localhost:3000'],
    ['http://127.0.0.1:3000', 'http://acme.localhost:3000'],
    ['http://[::1]:3000', 'http://acme.localhost:3000'],
    ['http://localhost', 'http://acme.localhost'],
    ['http://192.0.2.7:3000', 'http://192.0.2.7:3000'],
  ])('of a server at %s lead to the portal at %s', (origin, url) => {
    expect(portalUrl(domains, { origin })).toBe(url);
  });

  it('encode the address', () => {
    expect(links('https://p').setPassword('t', 'a+b&c@example.com')).toBe(
      'https://p/reset-password?token=t&email=a%2Bb%26c%40example.com',
    );
  });
});

it('makes one line of any text, and not too long a one', () => {
  expect(oneLine(' a\r\nBcc: b\u2028c\0 ')).toBe('a Bcc: b c');
  const long = oneLine('😀'.repeat(300));
  expect([...long]).toHaveLength(250);
  expect(long.endsWith('😀…')).toBe(true);
});
