/** Registered numbers of TLS 1.2. */

export const tls12 = 0x0303;

/** ContentType (RFC 5246 6.2.1). */
export const contentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** HandshakeType (RFC 5246 7.4, RFC 5077 3.3). */
export const handshakeType = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

/** ExtensionType (RFC 6066, 8422, 5246, 7366, 7627, 5077, 5746). */
export const extensionType = {
  server_name: 0,
  supported_groups: 10,
  ec_point_formats: 11,
  signature_algorithms: 13,
  encrypt_then_mac: 22,
  extended_master_secret: 23,
  session_ticket: 35,
  renegotiation_info: 0xff01,
} as const;

/** NamedCurve secp256r1 and the ECParameters' named_curve (RFC 8422 5.1.1, 5.4). */
export const secp256r1 = 23;
export const namedCurve = 3;

/** ClientCertificateType ecdsa_sign (RFC 8422 5.5). */
export const ecdsaSign = 64;

/** SignatureAndHashAlgorithm ecdsa with SHA-256 (RFC 5246 7.4.1.4.1). */
export const ecdsaSha256 = 0x0403;
