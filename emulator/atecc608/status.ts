/** The one-byte answers. What a chip refuses is one of these, never an exception. */
export const STATUS = {
  Success: 0x00,
  /** A signature, MAC or stored digest did not match. */
  Miscompare: 0x01,
  /** Unknown opcode, wrong length, illegal parameter. */
  ParseError: 0x03,
  /** The elliptic-curve computation failed. */
  EccFault: 0x05,
  SelfTestFailure: 0x07,
  HealthTestFailure: 0x08,
  /** Not allowed in this state or by this configuration. */
  ExecutionError: 0x0f,
  /** The chip has woken up and has had no command yet. */
  AfterWake: 0x11,
  /** The watchdog would expire before the command ends; it was not started. */
  WatchdogAboutToExpire: 0xee,
  /** A packet's count or CRC is wrong. Wins over every other error. */
  CrcError: 0xff,
} as const;

export type Status = (typeof STATUS)[keyof typeof STATUS];

export function statusName(status: number): string | undefined {
  return Object.entries(STATUS).find(([, value]) => value === status)?.[0];
}
