const OCTET = '(0|[1-9]\\d{0,2})';
const IPV4 = new RegExp(`^${Array(4).fill(OCTET).join('\\.')}$`);
const IPV6_GROUP = /^[0-9a-fA-F]{1,4}$/;

/** The four bytes of an IPv4 literal or the sixteen of an IPv6 literal (RFC 4291 2.2), else undefined. */
export function addressBytes(literal: string): Uint8Array | undefined {
  return ipv4Bytes(literal) ?? ipv6Bytes(literal);
}

/** An address of 4 or 16 bytes as text; IPv6 in full, without `::`. */
export function addressText(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join('.') : groupsText(bytes);
}

function ipv4Bytes(literal: string): Uint8Array | undefined {
  const octets = IPV4.exec(literal)?.slice(1).map(Number);
  return octets?.every((octet) => octet < 256) ? Uint8Array.from(octets) : undefined;
}

function ipv6Bytes(literal: string): Uint8Array | undefined {
  // RFC 4291 2.2.3: the last 32 bits may stand in the form of IPv4.
  const text = literal.replace(/(?<=:)[\d.]+$/, (tail) => groupsText(ipv4Bytes(tail)) || tail);
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail = []] = halves;
  const gap = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 2 ? gap < 1 : gap !== 0)) return undefined;
  const groups = [...head, ...Array<string>(gap).fill('0'), ...tail];
  if (!groups.every((group) => IPV6_GROUP.test(group))) return undefined;
  return Uint8Array.from(
    groups.map((group) => Number.parseInt(group, 16)).flatMap((group) => [group >> 8, group & 255]),
  );
}

/** 16 bits at a time in hexadecimal. */
function groupsText(bytes: Uint8Array = new Uint8Array(0)): string {
  const groups = Array.from(
    { length: bytes.length >> 1 },
    (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0),
  );
  return groups.map((group) => group.toString(16)).join(':');
}
