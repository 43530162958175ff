/**
 * Where an address lies: out in the world, in somebody's own network, on this machine, or where machines
 * keep credentials of their own and nobody is to be sent. Pure.
 */

export type AddressKind = "public" | "private" | "loopback" | "forbidden";

/** Services that hand out credentials of the machine, at addresses that look like others. */
const METADATA = new Set([
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd20:ce::254",
]);

type Range = readonly [base: string, bits: number, kind: AddressKind];

/** The first that fits decides. */
const RANGES_4: readonly Range[] = [
  ["0.0.0.0", 8, "forbidden"],
  ["169.254.0.0", 16, "forbidden"],
  ["224.0.0.0", 3, "forbidden"],
  ["127.0.0.0", 8, "loopback"],
  ["10.0.0.0", 8, "private"],
  ["172.16.0.0", 12, "private"],
  ["192.168.0.0", 16, "private"],
  ["100.64.0.0", 10, "private"],
  ["192.0.0.0", 24, "forbidden"],
  ["198.18.0.0", 15, "private"],
];
const RANGES_6: readonly Range[] = [
  ["::1", 128, "loopback"],
  ["::", 128, "forbidden"],
  ["fe80::", 10, "forbidden"],
  ["fec0::", 10, "forbidden"],
  ["ff00::", 8, "forbidden"],
  ["fc00::", 7, "private"],
];
/** Prefixes whose last 32 bits are an address of the older kind: mapped, compatible, translated. */
const HOLDS_4: readonly (readonly [base: string, bits: number])[] = [
  ["::ffff:0:0", 96],
  ["::", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 96],
];

/** @param address IPv4 or IPv6, without brackets; what is none is forbidden */
export function addressKind(address: string): AddressKind {
  const plain = address.toLowerCase().replace(/%.*$/, "");
  const four = bits4(plain);
  if (four !== null) return METADATA.has(plain) ? "forbidden" : kindIn(four, 32, RANGES_4, bits4);
  const six = bits6(plain);
  if (six === null) return "forbidden";
  if ([...METADATA].some((one) => one.includes(":") && bits6(one) === six)) return "forbidden";
  const own = kindIn(six, 128, RANGES_6, bits6);
  if (own !== "public") return own;
  for (const [base, length] of HOLDS_4) {
    if (six >> BigInt(128 - length) === (bits6(base) ?? 0n) >> BigInt(128 - length)) {
      return addressKind(text4(six));
    }
  }
  // 2002::/16 holds an address of the older kind behind its prefix.
  return six >> 112n === 0x2002n ? addressKind(text4((six >> 80n) & 0xffff_ffffn)) : "public";
}

function kindIn(
  value: bigint,
  width: number,
  ranges: readonly Range[],
  bitsOf: (text: string) => bigint | null,
): AddressKind {
  const fits = ([base, length]: Range) => {
    const rest = BigInt(width - length);
    return value >> rest === (bitsOf(base) ?? 0n) >> rest;
  };
  return ranges.find(fits)?.[2] ?? "public";
}

function bits4(text: string): bigint | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return null;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function text4(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join(".");
}

function bits6(text: string): bigint | null {
  // `::ffff:127.0.0.1`
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const last = tail ? bits4(tail[2] ?? "") : null;
  if (tail && last === null) return null;
  const plain = last === null
    ? text
    : `${tail?.[1]}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`;
  const [front = "", back, ...more] = plain.split("::");
  if (more.length > 0) return null;
  const groups = (part: string) => part === "" ? [] : part.split(":");
  const [head, rest] = [groups(front), groups(back ?? "")];
  const missing = 8 - head.length - rest.length;
  if (back === undefined ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array.from({ length: missing }, () => "0"), ...rest];
  if (all.some((group) => !/^[0-9a-f]{1,4}$/.test(group))) return null;
  return all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}
