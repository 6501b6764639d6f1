/** What a broker engineer can do about a kind of failure; the first row that fits. */
const ADVICE: readonly (readonly [cause: RegExp, advice: string])[] = [
  [/refused/i, 'Is the broker running, and does its TLS listener have this port?'],
  [/ENOTFOUND|EAI_|host (name )?not found|unknown host|resolve/i, 'Check the host name in --broker, and DNS.'],
  [/unreachable|EHOSTUNREACH|ENETUNREACH/i, 'Check the address, the route and the firewall.'],
  [/descriptor|EMFILE|ENFILE/i, 'This machine ran out of file descriptors: raise the limit or run fewer devices.'],
  [/EADDRNOTAVAIL/i, 'This machine ran out of local ports: run fewer devices, or widen ip_local_port_range.'],
  [
    /unknown.?ca|unknown_ca/i,
    "The broker does not know the fleet's root: give it the --ca-cert root as its client CA.",
  ],
  [
    /(alert|received).*(bad.certificate|certificate.(unknown|required)|handshake.failure|access.denied|decrypt.error)/i,
    "The broker refused the device's certificate: is its client CA the fleet's root (--ca-cert)? Its log says why.",
  ],
  [/name|hostname/i, "The broker's certificate must name the host of --broker."],
  [/trust|issuer|not signed|self.signed|chain|CA\b/i, 'Give the devices the authority of the broker with --ca.'],
  [
    /suite|version|curve|handshake.failure/i,
    'The devices speak TLS 1.2 with ECDHE, AES-128-GCM and P-256: allow that.',
  ],
  [/CONNACK|not authori[sz]ed|refused the connection/i, "The broker's log says why it refuses these clients."],
  [/plain|not TLS|wrong.version|record/i, 'Is this port a TLS listener?'],
  [
    /closed|hung up|reset|ECONNRESET|EPIPE|end of/i,
    "The broker hung up: its log says why; with mutual TLS it is often a client CA that is not the fleet's root (--ca-cert).",
  ],
  [
    /time.?out|timed out|not accepted|not finished|by the end of the run|ETIMEDOUT/i,
    'The broker is too slow: lower --rate, or give it more CPU or a longer backlog.',
  ],
];

/** One sentence, or undefined when there is nothing better to say than the cause itself. */
export function adviceFor(cause: string): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(cause))?.[1];
}
