import { addressRules, isDestination } from './addresses.js';

/** One of every range that is not on the public network: RFC 6890 and the IANA special-purpose registries. */
const NOT_PUBLIC = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.7',
  '203.0.113.7',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:a9fe:a9fe',
  '::ffff:0:127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::7f00:1',
  '100::1',
  '2001::1',
  '2001:2::1',
  '2001:10::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  '4000::1',
];
const PUBLIC = [
  '1.1.1.1',
  '93.184.216.34',
  '172.32.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '2a00:1450::1',
  '::ffff:1.1.1.1',
];

describe('which addresses may be called', () => {
  it.each(NOT_PUBLIC)('refuses %s', (address) => {
    expect(addressRules(false).permits('host.example', address)).toBe(false);
  });

  it.each(PUBLIC)('permits %s', (address) => {
    expect(addressRules(false).permits('host.example', address)).toBe(true);
  });

  it('permits the private ranges when the setting says allow, but not where clouds keep credentials', () => {
    const { permits } = addressRules(true);
    const may = (...addresses: string[]) => addresses.map((address) => permits('host.example', address));
    expect(may('127.0.0.1', '10.9.8.7', '::1', 'fd00::1', '::ffff:127.0.0.1', '100.64.1.1')).not.toContain(false);
    expect(may('169.254.169.254', '0.0.0.0', '::', 'fe80::1', '224.0.0.1', '255.255.255.255')).not.toContain(true);
  });

  it('permits what is listed: networks, addresses, and host names wherever they lead', () => {
    const { permits } = addressRules(['10.1.0.0/16', 'fd00::/8', '169.254.169.254', 'idp.internal']);
    expect(permits('a.example', '10.1.255.1')).toBe(true);
    expect(permits('a.example', '::ffff:10.1.0.9')).toBe(true);
    expect(permits('a.example', 'fdab::1')).toBe(true);
    expect(permits('a.example', '169.254.169.254')).toBe(true);
    expect(permits('idp.internal', '192.168.0.5')).toBe(true);
    expect(permits('a.example', '10.2.0.1')).toBe(false);
    expect(permits('a.example', '192.168.0.5')).toBe(false);
    expect(permits('idp.internal.example', '192.168.0.5')).toBe(false);
  });

  it('permits nothing that is no address', () => {
    expect(addressRules(true).permits('host.example', 'localhost')).toBe(false);
  });

  it('knows destinations from other text', () => {
    expect(['idp.internal', 'localhost', '10.0.0.0/8', '::1', 'fd00::/8', '10.0.0.1'].map(isDestination)).not.toContain(
      false,
    );
    expect(['', 'http://idp', 'a b', 'idp:8080', '10.0.0.0/33', '*.internal', '-a'].map(isDestination)).not.toContain(
      true,
    );
  });
});
