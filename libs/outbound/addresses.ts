import ipaddr from 'ipaddr.js';

/**
 * What may be reached besides public addresses. `true`: the private and loopback ranges (link-local and unspecified ones, where
 * clouds keep their instance credentials, still have to be named). A list: host names, addresses and CIDRs.
 */
export type AllowPrivate = boolean | readonly string[];

export interface AddressRules {
  /** May this address be connected to, for a URL whose host is `host` (lower case, IPv6 without brackets)? */
  permits(host: string, address: string): boolean;
}

/** RFC 1918, 4193, 6598 and loopback. */
const PRIVATE = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);
/** All that IANA hands out as global unicast lies in 2000::/3; what is outside of it embeds or means something else. */
const GLOBAL_V6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** IPv4-mapped IPv6 addresses (RFC 4291, 2.5.5.2) lead to the IPv4 address. */
const parse = (text: string): Address | undefined => (ipaddr.isValid(text) ? ipaddr.process(text) : undefined);

const isPublic = (address: Address): boolean =>
  address.range() === 'unicast' && (address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(GLOBAL_V6));

/** Is this text a host name, an address or a CIDR, as lists of permitted destinations hold them? */
export function isDestination(text: string): boolean {
  if (ipaddr.isValid(text) || ipaddr.isValidCIDR(text)) return true;
  return /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i.test(text);
}

/** The rules that follow from the setting. */
export function addressRules(allow: AllowPrivate): AddressRules {
  const listed = allow === true || allow === false ? [] : allow.map((text) => text.toLowerCase());
  const networks = listed.flatMap((text): [Address, number][] => {
    if (ipaddr.isValidCIDR(text)) return [ipaddr.parseCIDR(text)];
    const address = parse(text);
    return address ? [[address, address.kind() === 'ipv4' ? 32 : 128]] : [];
  });
  const hosts = new Set(listed);
  return {
    permits(host, text) {
      const address = parse(text);
      if (!address) return false;
      if (isPublic(address) || hosts.has(host)) return true;
      if (allow === true) return PRIVATE.has(address.range());
      return networks.some(([network, bits]) => network.kind() === address.kind() && matches(address, network, bits));
    },
  };
}

const matches = (address: Address, network: Address, bits: number): boolean =>
  address.kind() === 'ipv4'
    ? (address as ipaddr.IPv4).match(network as ipaddr.IPv4, bits)
    : (address as ipaddr.IPv6).match(network as ipaddr.IPv6, bits);
