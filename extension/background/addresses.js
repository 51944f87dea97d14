/**
 * Which addresses belong to this machine or to the network at home or at work: a page from the
 * internet must not learn through us what is there.
 *
 * Names that look public and lead to a private address are looked at in names.js.
 */

/** Sources: RFC 6890, RFC 6598, RFC 3927, RFC 2544; the registry of special-purpose addresses. */
const PRIVATE_IPV4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
].map(([start, bits]) => ({ start: ipv4(String(start)) ?? 0, size: 2 ** (32 - Number(bits)) }));

/** Beginnings of IPv6 addresses, as bits: unspecified and loopback are looked at by themselves. */
const PRIVATE_IPV6 = ["1111110", "1111111010", "1111111011", "11111111"];

/** Beginnings after which an IPv4 address follows: mapped, compatible, translated, 6to4. */
const EMBEDDED_IPV4 = [
  { groups: [0, 0, 0, 0, 0, 0xffff], at: 6 },
  { groups: [0, 0, 0, 0, 0xffff, 0], at: 6 },
  { groups: [0, 0, 0, 0, 0, 0], at: 6 },
  { groups: [0x64, 0xff9b, 0, 0, 0, 0], at: 6 },
  { groups: [0x2002], at: 1 },
];

/** RFC 6761, RFC 6762, RFC 8375 and ICANN's .internal; and what routers call their networks. */
const PRIVATE_NAMES =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home|corp|private|home\.arpa|fritz\.box)$/;

/**
 * @param {string} address
 * @returns {boolean} whether it leads to this machine or this network, as far as the address shows
 */
export function isPrivateAddress(address) {
  if (!URL.canParse(address)) {
    return false;
  }
  const { protocol, hostname } = new URL(address);
  return (protocol === "http:" || protocol === "https:") && isPrivateHost(hostname);
}

/**
 * @param {string} hostname as URL makes it: an IPv4 address has its usual form there, however odd
 *   it was written, and an IPv6 address stands in brackets
 * @returns {boolean}
 */
function isPrivateHost(hostname) {
  if (hostname.startsWith("[")) {
    return isPrivateIpv6(hostname.slice(1, -1));
  }
  const number = ipv4(hostname);
  if (number !== null) {
    return isPrivateIpv4(number);
  }
  const name = hostname.toLowerCase().replace(/\.$/, "");
  // A name without a dot is one of this network.
  return !name.includes(".") || PRIVATE_NAMES.test(name);
}

/**
 * @param {string} text
 * @returns {number | null} null where it is no address in its usual form
 */
function ipv4(text) {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) {
    return null;
  }
  return text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/**
 * @param {number} address
 * @returns {boolean}
 */
function isPrivateIpv4(address) {
  return PRIVATE_IPV4.some(({ start, size }) => address >= start && address < start + size);
}

/**
 * @param {string} text without brackets, as URL writes it: IPv4 in it has become hexadecimal
 * @returns {boolean}
 */
function isPrivateIpv6(text) {
  const [head, tail = ""] = text.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === "" ? [] : tail.split(":");
  const zeros = text.includes("::") ? Array(8 - before.length - after.length).fill("0") : [];
  const groups = [...before, ...zeros, ...after].map((group) => parseInt(group, 16));
  const bits = groups.map((group) => group.toString(2).padStart(16, "0")).join("");
  return (
    PRIVATE_IPV6.some((start) => bits.startsWith(start)) ||
    EMBEDDED_IPV4.some(
      ({ groups: start, at }) =>
        start.every((group, index) => groups[index] === group) &&
        isPrivateIpv4(groups[at] * 65536 + groups[at + 1]),
    )
  );
}
