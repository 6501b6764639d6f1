import type { Cause } from './cause.ts';
import type { CauseCode } from './code.ts';
import { DPS_CAUSES } from './dps.ts';

/** The advice where only time was short. */
const SLOW = 'The broker is silent or too slow: look at its load, lower --rate, lengthen --duration.';
const STANDS_STILL =
  'The broker takes nothing more from its connections: is it stopped or overloaded, or does its flow control hold publishers?';
const HUNG_UP = 'The broker hung up: its log says why.';
const NAME_THE_CA = "Name the CA that issued the broker's certificate with --ca.";
const NO_HELLO = 'The broker hung up: is this the port of a TLS listener? If it is, its log says why.';
const CLIENT_CA = "The broker hung up: its log says why. A client CA that is not the fleet's root can look like this.";
const ON_CERTIFICATE =
  "The broker hung up on the device's certificate: is its client CA the fleet's root? Its log says why.";
const OUT_OF_PORTS =
  'This machine ran out of local ports, which closed connections hold for a minute: name more --source-addresses.';
const REFUSED_CLIENT =
  'The broker accepts the certificate and refuses the client: its access rules and its log say why.';

/** Every cause that has words or advice of its own. Alerts have theirs beside. */
export const CAUSES: { readonly [code in CauseCode]?: Cause } = {
  'tcp.ECONNREFUSED': {
    words: 'connection refused',
    side: 'broker',
    advice: 'Is the broker running, and does its TLS listener have this port?',
  },
  'tcp.ENOTFOUND': {
    words: 'host name not found (ENOTFOUND)',
    side: 'network',
    advice: 'Check the host name in --broker, and DNS.',
  },
  'tcp.EAI_AGAIN': {
    words: 'host name not resolved (EAI_AGAIN)',
    side: 'network',
    advice: 'Check the host name in --broker, and DNS.',
  },
  'tcp.EHOSTUNREACH': {
    words: 'host unreachable',
    side: 'network',
    advice: 'Check the address, the route and the firewall.',
  },
  'tcp.ENETUNREACH': {
    words: 'network unreachable',
    side: 'network',
    advice: 'Check the address, the route and the firewall.',
  },
  'tcp.ETIMEDOUT': { words: 'connection timed out', side: 'broker', advice: SLOW, time: 'slow' },
  'tcp.TIMEOUT': { words: 'timed out', side: 'broker', advice: SLOW, time: 'slow' },
  'tcp.UNFINISHED': {
    words: 'connection not accepted by the end of the run',
    side: 'broker',
    advice: SLOW,
    time: 'slow',
  },
  'tcp.EMFILE': {
    words: 'no file descriptors left (EMFILE)',
    side: 'generator',
    advice: 'This machine ran out of file descriptors: raise the limit or run fewer devices.',
  },
  'tcp.EADDRNOTAVAIL': {
    words: 'no local ports left (EADDRNOTAVAIL)',
    side: 'generator',
    advice: OUT_OF_PORTS,
  },
  // What Linux says of a connection that was given its source address.
  'tcp.EADDRINUSE': {
    words: 'no local ports left at a source address (EADDRINUSE)',
    side: 'generator',
    advice: OUT_OF_PORTS,
  },

  'tls.TIMEOUT': { words: 'timed out', side: 'broker', advice: SLOW, time: 'slow' },
  'tls.UNFINISHED': {
    words: 'handshake not finished by the end of the run',
    side: 'broker',
    advice: SLOW,
    time: 'slow',
  },
  'tls.CLOSE_NOTIFY': { words: 'closed by the broker (close_notify)', side: 'broker', advice: HUNG_UP, time: 'broken' },
  'tls.EMU_E_TLS_TRUNCATED': {
    words: 'connection cut without close_notify',
    side: 'broker',
    advice: HUNG_UP,
    time: 'broken',
  },

  'tls.EMU_E_TLS_BAD_RECORD': {
    words: 'not TLS, or a malformed record',
    side: 'broker',
    advice: 'Is this the port of a TLS listener?',
  },
  'tls.EMU_E_TLS_RECORD_OVERFLOW': { words: 'a record that is too long for the device', side: 'broker' },
  'tls.EMU_E_TLS_BAD_RECORD_MAC': { words: 'a record that does not decrypt (bad_record_mac)', side: 'broker' },
  'tls.EMU_E_TLS_UNEXPECTED_MESSAGE': { words: 'an unexpected message', side: 'broker' },
  'tls.EMU_E_TLS_MALFORMED_MESSAGE': { words: 'a malformed handshake message', side: 'broker' },
  'tls.EMU_E_TLS_FRAGMENTED_MESSAGE': {
    words: 'a handshake message in several records, which the device does not support',
    side: 'broker',
  },
  'tls.EMU_E_TLS_PROTOCOL_VERSION': {
    words: 'the broker does not speak TLS 1.2',
    side: 'broker',
    advice: 'The devices speak only TLS 1.2: allow it at the broker.',
  },
  'tls.EMU_E_TLS_SUITE_NOT_OFFERED': {
    words: 'the broker chose a cipher suite that the device had not offered',
    side: 'broker',
  },
  'tls.EMU_E_TLS_COMPRESSION': { words: 'the broker chose compression', side: 'broker' },
  'tls.EMU_E_TLS_UNSOLICITED_EXTENSION': {
    words: 'the broker answered an extension that the device had not sent',
    side: 'broker',
  },
  'tls.EMU_E_TLS_BAD_EXTENSION': { words: "a wrong extension in the broker's ServerHello", side: 'broker' },
  'tls.EMU_E_TLS_RENEGOTIATION_INFO': { words: "wrong renegotiation_info in the broker's ServerHello", side: 'broker' },
  'tls.EMU_E_TLS_BAD_CERTIFICATE': { words: "the broker's certificate is malformed", side: 'broker' },
  'tls.EMU_E_TLS_CHAIN_TOO_LONG': { words: "the broker's chain is too long for the device", side: 'broker' },
  'tls.EMU_E_TLS_NAME_MISMATCH': {
    words: "the broker's certificate is for another name",
    side: 'broker',
    advice: "The broker's certificate must name the host that --broker names.",
  },
  'tls.EMU_E_TLS_CERTIFICATE_USAGE': { words: "the broker's certificate is not for a server", side: 'broker' },
  'tls.EMU_E_TLS_CERTIFICATE_KEY': {
    words: "a key in the broker's chain is of a kind that the device does not support",
    side: 'broker',
  },
  'tls.EMU_E_TLS_CERTIFICATE_EXPIRED': { words: "a certificate in the broker's chain has expired", side: 'broker' },
  'tls.EMU_E_TLS_CERTIFICATE_NOT_YET_VALID': {
    words: "a certificate in the broker's chain is not valid yet",
    side: 'broker',
  },
  'tls.EMU_E_TLS_UNKNOWN_CA': {
    words: "the broker's certificate leads to no trusted CA",
    side: 'broker',
    advice: NAME_THE_CA,
  },
  'tls.EMU_E_TLS_CA_SIGNATURE': {
    words: "the broker's certificate names a trusted CA that did not sign it",
    side: 'broker',
    advice: NAME_THE_CA,
  },
  'tls.EMU_E_TLS_WEAK_DIGEST': {
    words: "a certificate in the broker's chain has a digest that the device does not accept",
    side: 'broker',
  },
  'tls.EMU_E_TLS_BAD_ECDH_PARAMETERS': { words: 'a wrong curve or point in ServerKeyExchange', side: 'broker' },
  'tls.EMU_E_TLS_SIGNATURE_ALGORITHM': {
    words: 'ServerKeyExchange is signed with an algorithm that the device had not offered',
    side: 'broker',
  },
  'tls.EMU_E_TLS_BAD_SIGNATURE': { words: 'wrong signature in ServerKeyExchange', side: 'broker' },
  'tls.EMU_E_TLS_BAD_FINISHED': { words: "wrong verify_data in the broker's Finished", side: 'broker' },
  'tls.EMU_E_TLS_KEY_OPERATION': { words: 'the secure element refused a key operation', side: 'device' },
  'tls.EMU_E_TLS_CLOSED_AT_SERVER_HELLO': {
    words: 'closed by the broker before its ServerHello',
    side: 'broker',
    advice: NO_HELLO,
    time: 'broken',
  },
  'tls.EMU_E_TLS_CLOSED_AT_CERTIFICATE': {
    words: 'closed by the broker before its Certificate',
    side: 'broker',
    advice: CLIENT_CA,
    time: 'broken',
  },
  'tls.EMU_E_TLS_CLOSED_AT_SERVER_KEY_EXCHANGE': {
    words: 'closed by the broker before its ServerKeyExchange',
    side: 'broker',
    advice: CLIENT_CA,
    time: 'broken',
  },
  'tls.EMU_E_TLS_CLOSED_AT_CERTIFICATE_REQUEST': {
    words: 'closed by the broker before its CertificateRequest or ServerHelloDone',
    side: 'broker',
    advice: CLIENT_CA,
    time: 'broken',
  },
  'tls.EMU_E_TLS_CLOSED_AT_SERVER_HELLO_DONE': {
    words: 'closed by the broker before its ServerHelloDone',
    side: 'broker',
    advice: CLIENT_CA,
    time: 'broken',
  },
  'tls.EMU_E_TLS_CLOSED_AT_CLIENT_KEY_EXCHANGE': {
    words: "closed by the broker before the device's Certificate",
    side: 'broker',
    advice: CLIENT_CA,
    time: 'broken',
  },
  'tls.EMU_E_TLS_CLOSED_AT_NEW_SESSION_TICKET': {
    words: "closed by the broker after the device's Certificate, before NewSessionTicket",
    side: 'broker',
    advice: ON_CERTIFICATE,
    time: 'broken',
  },
  'tls.EMU_E_TLS_CLOSED_AT_CHANGE_CIPHER_SPEC': {
    words: "closed by the broker after the device's Certificate, before ChangeCipherSpec",
    side: 'broker',
    advice: ON_CERTIFICATE,
    time: 'broken',
  },
  'tls.EMU_E_TLS_CLOSED_AT_FINISHED': {
    words: 'closed by the broker before its Finished',
    side: 'broker',
    advice: CLIENT_CA,
    time: 'broken',
  },

  // Return codes of MQTT 3.1.1 table 3.1.
  'mqtt.CONNACK_1': { words: 'CONNACK 1 (unacceptable protocol version)', side: 'broker', advice: REFUSED_CLIENT },
  'mqtt.CONNACK_2': { words: 'CONNACK 2 (identifier rejected)', side: 'broker', advice: REFUSED_CLIENT },
  'mqtt.CONNACK_3': { words: 'CONNACK 3 (server unavailable)', side: 'broker', advice: REFUSED_CLIENT },
  'mqtt.CONNACK_4': { words: 'CONNACK 4 (bad user name or password)', side: 'broker', advice: REFUSED_CLIENT },
  'mqtt.CONNACK_5': { words: 'CONNACK 5 (not authorized)', side: 'broker', advice: REFUSED_CLIENT },
  'mqtt.CONNACK_TIMEOUT': { words: 'no CONNACK in time', side: 'broker', advice: SLOW, time: 'slow' },
  'mqtt.NOT_A_CONNACK': {
    words: "the broker's answer to CONNECT is not a CONNACK",
    side: 'broker',
    advice: 'Is this the port of an MQTT listener? Another service behind TLS answers like this.',
  },
  'mqtt.NO_PUBACK': { words: 'no PUBACK of a message', side: 'broker', advice: SLOW, time: 'slow' },
  'mqtt.MALFORMED': { words: 'what the broker sends is not MQTT', side: 'broker' },
  'mqtt.NO_PINGRESP': { words: 'no PINGRESP in time', side: 'broker', advice: SLOW, time: 'slow' },
  'mqtt.WRITE_TIMEOUT': { words: 'the broker does not read', side: 'broker', advice: STANDS_STILL, time: 'slow' },
  'mqtt.UNFINISHED': { words: 'no CONNACK by the end of the run', side: 'broker', advice: SLOW, time: 'slow' },
  'mqtt.CLOSE_NOTIFY': {
    words: 'closed by the broker before CONNACK (close_notify)',
    side: 'broker',
    advice: CLIENT_CA,
    time: 'broken',
  },
  'mqtt.EMU_E_TLS_TRUNCATED': {
    words: 'closed by the broker before CONNACK',
    side: 'broker',
    advice: CLIENT_CA,
    time: 'broken',
  },

  ...DPS_CAUSES,

  'generator.WORKER_ENDED': { words: 'the worker of the device ended', side: 'generator' },
};
