/** The trimming values of one part, named and sized as in the data sheet (4.2.2). */
export interface Calibration {
  readonly T1: number; // u16
  readonly T2: number; // s16, as all that follow down to P9 but P1
  readonly T3: number;
  readonly P1: number; // u16
  readonly P2: number;
  readonly P3: number;
  readonly P4: number;
  readonly P5: number;
  readonly P6: number;
  readonly P7: number;
  readonly P8: number;
  readonly P9: number;
  readonly H1: number; // u8
  readonly H2: number; // s16
  readonly H3: number; // u8
  readonly H4: number; // s12
  readonly H5: number; // s12
  readonly H6: number; // s8
}

/** The two stretches of registers that hold a calibration: 26 bytes from 0x88 and 7 bytes from 0xE1. */
export interface CalibrationRegisters {
  readonly calib00: Uint8Array;
  readonly calib26: Uint8Array;
}

/** The registers as a part with this calibration shows them; the unused calib24 is 0. */
export function encodeCalibration(c: Calibration): CalibrationRegisters {
  const calib00 = new Uint8Array(26);
  const words = new DataView(calib00.buffer);
  [c.T1, c.T2, c.T3, c.P1, c.P2, c.P3, c.P4, c.P5, c.P6, c.P7, c.P8, c.P9].forEach((value, index) => {
    words.setUint16(2 * index, value, true);
  });
  calib00[25] = c.H1;
  // H4 and H5 share calib30: its low nibble is H4's, its high nibble H5's.
  const calib26 = Uint8Array.of(c.H2, c.H2 >> 8, c.H3, c.H4 >> 4, (c.H4 & 0x0f) | (c.H5 << 4), c.H5 >> 4, c.H6);
  return { calib00, calib26 };
}

/** The inverse of `encodeCalibration`; takes at least 26 and 7 bytes. */
export function decodeCalibration({ calib00, calib26 }: CalibrationRegisters): Calibration {
  const low = new DataView(calib00.buffer, calib00.byteOffset, calib00.byteLength);
  const high = new DataView(calib26.buffer, calib26.byteOffset, calib26.byteLength);
  return {
    T1: low.getUint16(0, true),
    T2: low.getInt16(2, true),
    T3: low.getInt16(4, true),
    P1: low.getUint16(6, true),
    P2: low.getInt16(8, true),
    P3: low.getInt16(10, true),
    P4: low.getInt16(12, true),
    P5: low.getInt16(14, true),
    P6: low.getInt16(16, true),
    P7: low.getInt16(18, true),
    P8: low.getInt16(20, true),
    P9: low.getInt16(22, true),
    H1: low.getUint8(25),
    H2: high.getInt16(0, true),
    H3: high.getUint8(2),
    H4: (high.getInt8(3) << 4) | (high.getUint8(4) & 0x0f),
    H5: (high.getInt8(5) << 4) | (high.getUint8(4) >> 4),
    H6: high.getInt8(6),
  };
}
