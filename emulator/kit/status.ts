/**
 * The status bytes of the kit's answers, as Microchip's own kit firmware names them (kit_protocol_status.h). From C5 on
 * they are cryptoauthlib's negative ATCA_STATUS in one byte, which is what ascii_kit_host.c answers with.
 */
export const KIT_STATUS = {
  Success: 0x00,
  /** No command of this name, or not written like one. */
  CommandNotValid: 0x03,
  /** A command of other kits. */
  CommandNotSupported: 0x04,
  NoDevice: 0xc5,
  WakeFailed: 0xd0,
  SelfTestError: 0xd7,
  InvalidParam: 0xe2,
  InvalidSize: 0xe4,
  /** The chip's answer is no packet. */
  RxFail: 0xe6,
  RxNoResponse: 0xe7,
  /** The chip did not acknowledge. */
  TxFail: 0xf7,
} as const;

export type KitStatus = (typeof KIT_STATUS)[keyof typeof KIT_STATUS];
