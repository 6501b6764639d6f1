/** What a broker engineer can do about a kind of failure; the first row that fits. */
const ADVICE: readonly (readonly [cause: RegExp, advice: string])[] = [
  [/^TCP: connection refused/, 'Is the broker running, and does its TLS listener have this port?'],
  [/host name/, 'Check the host name in --broker, and DNS.'],
  [/unreachable/, 'Check the address, the route and the firewall.'],
  [/EMFILE/, 'This machine ran out of file descriptors: raise the limit or run fewer devices.'],
  [/EADDRNOTAVAIL/, 'This machine ran out of local ports: run fewer devices, or widen ip_local_port_range.'],
  [
    /by the end of the run|time(d |-)?out/,
    'The broker is silent or too slow: look at its load, lower --rate, lengthen --duration.',
  ],
  [/alert unknown_ca/, "The broker does not know the fleet's root: give it the --ca-cert root as its clients' CA."],
  [
    /alert (no_certificate|bad_certificate|unsupported_certificate|certificate_\w+|access_denied|decrypt_error)/,
    "The broker refused the device's certificate: is its clients' CA the --ca-cert root? Its log says why.",
  ],
  [/alert handshake_failure/, 'Nothing in common: allow TLS 1.2 with ECDHE, AES-128-GCM and P-256 at the broker.'],
  [/protocol_version|does not speak TLS 1\.2/, 'The devices speak TLS 1.2 alone: allow it at the broker.'],
  [/trusted CA/, "Name the authority that issued the broker's certificate with --ca."],
  [/another name/, "The broker's certificate must name the host that --broker names."],
  [/not TLS/, 'Is this the port of a TLS listener?'],
  [/is no CONNACK/, 'Is this the port of an MQTT listener? Another service behind TLS answers like this.'],
  [
    /after the device's Certificate/,
    "The broker hung up on the device's certificate: is its clients' CA the --ca-cert root? Its log says why.",
  ],
  [/CONNACK \d/, 'The broker takes the certificate and refuses the client: its access rules and its log say why.'],
  [
    /closed by the broker|close_notify/,
    'The broker hung up: its log says why. A client CA that is not the --ca-cert root can look like this.',
  ],
];

/** One sentence, or undefined when there is nothing better to say than the cause itself. */
export function adviceFor(cause: string): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(cause))?.[1];
}
