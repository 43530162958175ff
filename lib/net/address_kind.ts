/**
 * Classifies an address: public, in a private network, on this machine, or forbidden because it may hand out
 * credentials of the machine or is reserved. Pure.
 */

export type AddressKind = "public" | "private" | "loopback" | "forbidden";

/** Services that hand out the machine's credentials, at addresses that look ordinary. */
const METADATA = new Set([
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:42::42",
  "fd00:ec2::23",
  "fd00:ec2::254",
  "fd20:ce::254",
]);

type Range = readonly [base: string, bits: number, kind: AddressKind];

/** Special-purpose and unassigned ranges as IANA lists them. The first match decides. */
const RANGES_4: readonly Range[] = [
  ["0.0.0.0", 8, "forbidden"], // this network
  ["10.0.0.0", 8, "private"],
  ["100.64.0.0", 10, "private"], // carrier-grade NAT
  ["127.0.0.0", 8, "loopback"],
  ["169.254.0.0", 16, "forbidden"], // link-local
  ["172.16.0.0", 12, "private"],
  ["192.0.0.0", 24, "forbidden"], // protocol assignments
  ["192.0.2.0", 24, "forbidden"], // documentation, as are the next two
  ["198.51.100.0", 24, "forbidden"],
  ["203.0.113.0", 24, "forbidden"],
  ["192.88.99.0", 24, "forbidden"], // 6to4 relays
  ["192.168.0.0", 16, "private"],
  ["198.18.0.0", 15, "private"], // benchmarks
  ["224.0.0.0", 3, "forbidden"], // multicast, reserved, broadcast
];
const RANGES_6: readonly Range[] = [
  ["::1", 128, "loopback"],
  ["::", 128, "forbidden"],
  // A local translation prefix: only the translator knows which part is the IPv4 address.
  ["64:ff9b:1::", 48, "forbidden"],
  ["2001::", 23, "forbidden"], // protocol assignments, Teredo among them
  ["2001:db8::", 32, "forbidden"], // documentation, as is the next
  ["3fff::", 20, "forbidden"],
  ["fc00::", 7, "private"],
];
/** Prefixes of embedded IPv4 addresses, each with the bit where that address starts; its kind decides. */
const HOLDS_4: readonly (readonly [base: string, bits: number, at: number])[] = [
  ["::ffff:0:0", 96, 96], // mapped
  ["::ffff:0:0:0", 96, 96], // translated
  ["::", 96, 96], // compatible
  ["64:ff9b::", 96, 96], // translated by NAT64
  ["2002::", 16, 16], // 6to4
];
/** All assigned global unicast addresses. */
const GLOBAL_6 = ["2000::", 3] as const;
/** Marks an interface id that holds an IPv4 address (ISATAP), whatever the prefix: `::5efe:10.0.0.1`. */
const ISATAP = 0x5efen;
/** The bit that says whether such an id is globally unique. */
const UNIVERSAL_BIT = 0x0200_0000n;

/** @param address IPv4 or IPv6, without brackets; anything else is forbidden */
export function addressKind(address: string): AddressKind {
  const plain = address.toLowerCase().replace(/%.*$/, "");
  const four = parseIpv4(plain);
  if (four !== null) return METADATA.has(plain) ? "forbidden" : kindIn(four, 32, RANGES_4, parseIpv4);
  const six = parseIpv6(plain);
  if (six === null) return "forbidden";
  if ([...METADATA].some((one) => one.includes(":") && parseIpv6(one) === six)) return "forbidden";
  const own = kindIn(six, 128, RANGES_6, parseIpv6);
  if (own !== "public") return own;
  const holder = HOLDS_4.find(([base, length]) => isIn(six, 128, parseIpv6(base), length));
  if (holder) return addressKind(formatIpv4((six >> BigInt(96 - holder[2])) & 0xffff_ffffn));
  if (((six >> 32n) & 0xffff_ffffn & ~UNIVERSAL_BIT) === ISATAP) {
    const held = addressKind(formatIpv4(six & 0xffff_ffffn));
    if (held !== "public") return "forbidden";
  }
  return isIn(six, 128, parseIpv6(GLOBAL_6[0]), GLOBAL_6[1]) ? "public" : "forbidden";
}

function isIn(value: bigint, width: number, base: bigint | null, length: number): boolean {
  const rest = BigInt(width - length);
  return value >> rest === (base ?? 0n) >> rest;
}

function kindIn(
  value: bigint,
  width: number,
  ranges: readonly Range[],
  bitsOf: (text: string) => bigint | null,
): AddressKind {
  return ranges.find(([base, length]) => isIn(value, width, bitsOf(base), length))?.[2] ?? "public";
}

function parseIpv4(text: string): bigint | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return null;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function formatIpv4(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join(".");
}

function parseIpv6(text: string): bigint | null {
  // `::ffff:127.0.0.1`
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const last = tail ? parseIpv4(tail[2] ?? "") : null;
  if (tail && last === null) return null;
  const plain = last === null
    ? text
    : `${tail?.[1]}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`;
  const [front = "", back, ...more] = plain.split("::");
  if (more.length > 0) return null;
  const splitGroups = (part: string) => part === "" ? [] : part.split(":");
  const [head, rest] = [splitGroups(front), splitGroups(back ?? "")];
  const missing = 8 - head.length - rest.length;
  if (back === undefined ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array.from({ length: missing }, () => "0"), ...rest];
  if (all.some((group) => !/^[0-9a-f]{1,4}$/.test(group))) return null;
  return all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}
