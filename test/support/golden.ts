import { ATECC608_ADDRESS, atecc608Decoder } from '../../emulator/atecc608/index.ts';
import { descriptions, normalise, type Transaction } from '../../emulator/i2c/index.ts';

/**
 * What the firmware does on its buses, written down from the firmware's sheets by hand; the numbers are the sheets'.
 * Exchanges read `command -> answer`, in the transcript decoder's words.
 */

const decoders = new Map([[ATECC608_ADDRESS, atecc608Decoder]]);

/** What was said to and by a secure element: its commands, each with its answer, and every wake and idle. */
export function conversation(transactions: readonly Transaction[]): {
  exchanges: string[];
  wakes: number;
  idles: number;
} {
  const words = descriptions(normalise(transactions), decoders);
  const said = words.filter((word) => word !== 'awake' && word !== 'idle');
  return {
    exchanges: said.flatMap((word, i) => (i % 2 === 0 ? [`${word} -> ${said[i + 1]}`] : [])),
    wakes: words.filter((word) => word === 'awake').length,
    idles: words.filter((word) => word === 'idle').length,
  };
}

/** All of the configuration zone. */
export const CONFIG_DUMP: readonly string[] = ['0000', '0008', '0010', '0018'].map(
  (address) => `Read p1=80 p2=${address} -> 32 bytes`,
);

/** The secure element at start-up. */
export const BOOT: readonly string[] = [
  'Read p1=80 p2=0000 -> 32 bytes', // initialisation
  'Random p1=00 p2=0000 -> 32 bytes',
  'Read p1=80 p2=0000 -> 32 bytes', // serial number
  'Info p1=00 p2=0000 -> 4 bytes',
  ...CONFIG_DUMP,
];

/** Before each connection: the certificates, rebuilt from the slots. */
export const CREDENTIALS: readonly string[] = [
  'Read p1=80 p2=0000 -> 32 bytes', // 1
  'GenKey p1=00 p2=0000 -> 64 bytes', // 2
  'Read p1=82 p2=0058 -> 32 bytes', // 3
  'Read p1=82 p2=0158 -> 32 bytes',
  'Read p1=82 p2=0258 -> 32 bytes',
  'Read p1=82 p2=0050 -> 32 bytes', // 6
  'Read p1=82 p2=0150 -> 32 bytes',
  'Read p1=02 p2=0250 -> 4 bytes',
  'Read p1=02 p2=0251 -> 4 bytes',
  'GenKey p1=00 p2=0000 -> 64 bytes', // 10
  'Read p1=80 p2=0000 -> 32 bytes', // 11
  'Read p1=82 p2=0078 -> 32 bytes', // 12
  'Read p1=82 p2=0178 -> 32 bytes',
  'Read p1=82 p2=0278 -> 32 bytes',
  'Read p1=82 p2=0060 -> 32 bytes', // 15
  'Read p1=82 p2=0160 -> 32 bytes',
  'Read p1=02 p2=0260 -> 4 bytes',
  'Read p1=02 p2=0261 -> 4 bytes',
  'Read p1=82 p2=0070 -> 32 bytes', // 19
  'Read p1=82 p2=0170 -> 32 bytes',
  'Read p1=82 p2=0058 -> 32 bytes', // 21
  'Read p1=82 p2=0158 -> 32 bytes',
  'Read p1=02 p2=0258 -> 4 bytes',
  'Read p1=02 p2=0259 -> 4 bytes',
];

/** Inside the handshake of a server that asks for a certificate. */
export const HANDSHAKE: readonly string[] = [
  'GenKey p1=04 p2=FFFF -> 64 bytes', // 25
  'Random p1=00 p2=0000 -> 32 bytes',
  'Write p1=82 p2=0020 data=32 -> status 00 Success',
  'ECDH p1=0F p2=0000 data=64 -> 64 bytes', // 28
  'Random p1=00 p2=0000 -> 32 bytes',
  'Nonce p1=43 p2=0000 data=32 -> status 00 Success',
  'Sign p1=A0 p2=0000 -> 64 bytes', // 31
];

export const modeWas = (ctrlMeas: string) => ['W 76 F4 + ; -> ctrl_meas', `R 76 ${ctrlMeas} ; ctrl_meas=${ctrlMeas}`];

export const readBack = (ctrlMeas: string, ctrlHum: string, config: string) => [
  ...modeWas(ctrlMeas),
  'W 76 F2 + ; -> ctrl_hum',
  `R 76 ${ctrlHum} ; ctrl_hum=${ctrlHum}`,
  'W 76 F5 + ; -> config',
  `R 76 ${config} ; config=${config}`,
];

/** The sensor's setters, all but the first. */
export const FROM_TEMPERATURE_ON: readonly string[] = [
  ...[...modeWas('14'), 'W 76 F4 54 ; ctrl_meas=54', ...readBack('54', '00', '00')],
  ...[...modeWas('54'), 'W 76 F2 01 ; ctrl_hum=01', 'W 76 F4 54 ; ctrl_meas=54', ...readBack('54', '01', '00')],
  ...[...modeWas('54'), 'W 76 F5 00 ; config=00', ...readBack('54', '01', '00')],
  ...[...modeWas('54'), 'W 76 F5 10 ; config=10', ...readBack('54', '01', '10')],
  ...[...modeWas('54'), 'W 76 F4 57 ; ctrl_meas=57', ...readBack('57', '01', '10')],
];

/** A sensor that was asleep: what its driver reads of its calibration, given here, and the six setters. */
export const coldStart = (calib00: string, calib26: string): readonly string[] => [
  ...['W 76 D0 + ; -> id', 'R 76 60 ; id=60'],
  ...['W 76 88 + ; -> calib00', `R 76 ${calib00} ; calib00…calib25`],
  ...['W 76 E1 + ; -> calib26', `R 76 ${calib26} ; calib26…calib32`],
  ...[...modeWas('00'), 'W 76 F4 14 ; ctrl_meas=14', ...readBack('14', '00', '00')],
  ...FROM_TEMPERATURE_ON,
];
