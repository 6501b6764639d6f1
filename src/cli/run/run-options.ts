import type { Service } from '../../../emulator/firmware/index.ts';
import { shippedProfiles } from '../../base/index.ts';
import { flag, type OptionTable, option } from '../command/index.ts';
import {
  CA_OPTIONS,
  cryptoOption,
  HUB,
  parseBroker,
  parseCount,
  parseDevices,
  parseDuration,
  parseHubs,
  parseIdScope,
  parsePace,
  parsePositive,
  parseResolutions,
  parseSegment,
  parseWorkers,
} from '../options/index.ts';
import { filters } from './watch-request.ts';

export const DEFAULTS = { count: '500', profile: 'esp32-mqtts', rate: '100', pace: 'fast' } as const;

/** From the factory to its first telemetry takes a device that registers at a DPS a period of 50 s, and what comes before. */
export const DEFAULT_DURATIONS: Readonly<Record<Service, string>> = { broker: '30s', azure: '90s' };

export const RUN_OPTIONS = {
  count: { ...option('Fleet', 'how many devices', DEFAULTS.count), check: parseDevices },
  fleet: option('Fleet', 'directory of a persistent fleet (emu fleet create), instead of new devices'),
  segment: {
    ...option('Fleet', 'i/n: part i of n of the persistent fleet, counted from 0', 'all of it'),
    check: parseSegment,
  },
  profile: {
    ...option('Fleet', 'device profile: a shipped NAME, or a YAML FILE', DEFAULTS.profile),
    values: shippedProfiles,
  },
  rate: {
    ...option('Fleet', 'devices that arrive per second, however slow the broker is', DEFAULTS.rate),
    check: (text) => parsePositive('--rate', text),
  },
  duration: {
    ...option(
      'Fleet',
      'from the first arrival to the end: 30s, 5m, 500ms',
      `${DEFAULT_DURATIONS.broker}; ${DEFAULT_DURATIONS.azure} with Azure`,
    ),
    check: (text) => parseDuration('--duration', text),
  },
  interval: {
    ...option('Fleet', 'telemetry period', "the firmware's"),
    check: (text) => parseDuration('--interval', text),
  },
  workers: {
    ...option(
      'Fleet',
      'N | auto: number of processes that share the devices',
      'auto: one per core, with at least 1,000 devices each',
    ),
    check: (text) => parseWorkers(text, 1),
  },
  pace: {
    ...option('Fleet', 'fast | hardware: hardware waits the execution times of chip, bus and driver', DEFAULTS.pace),
    values: () => ['fast', 'hardware'],
    check: parsePace,
  },
  crypto: cryptoOption('Fleet'),
  seed: option('Fleet', 'any text: repeats keys and random numbers; for tests only', 'from the system'),
  broker: {
    ...option('Broker', 'mqtts://HOST[:8883], for Azure that of the DPS', 'an embedded one'),
    check: parseBroker,
  },
  resolve: {
    ...option(
      'Broker',
      'HOST:PORT:ADDRESS[:PORT]: where a host is reached, as for curl; several',
      "the system's resolver",
    ),
    several: true,
    check: parseResolutions,
  },
  'id-scope': {
    ...option('Azure', 'which DPS the devices ask for, as its page in the portal has it', "the profile's"),
    check: parseIdScope,
  },
  hub: {
    ...option('Azure', 'NAME of a hub of the embedded cloud; several', HUB),
    several: true,
    check: parseHubs,
  },
  'source-addresses': option(
    'Broker',
    'addresses of this machine from which the devices connect in turn: A,B,…, ranges A-B, or interfaces',
    "the system's choice",
  ),
  ca: option('Broker', "PEM file of the CAs that the devices trust, or system: Node's own list", 'system'),
  ...CA_OPTIONS,
  console: option('Watch', 'DEVICE (0 is the first) whose serial console is shown live'),
  trace: option('Watch', 'DEVICE whose bus transfers and MQTT packets are written, decoded, into --out'),
  pcap: option('Watch', 'FILE for the traffic of all devices, for Wireshark, with the secrets that decrypt it'),
  probe: {
    ...option('Watch', 'a subscriber beside the fleet counts what the broker delivers: FILTER[,FILTER…]', 'telemetry'),
    bare: true,
    check: filters,
  },
  'broker-pid': {
    ...option('Watch', 'PID of a broker on this machine: its CPU, memory and sockets in the summary (Linux)'),
    check: (text) => parseCount('--broker-pid', text, 1234),
  },
  'broker-sys': flag('Watch', "mosquitto's own figures, its $SYS topics, in the summary"),
  json: flag('Output', 'the summary as JSON on stdout, progress on stderr'),
  out: option('Output', 'directory to write summary.json and traces into'),
} as const satisfies OptionTable;

export const RUN_EXAMPLES: readonly (readonly [command: string, what: string])[] = [
  ['$0 run', '500 devices for 30s against an embedded broker'],
  ['$0 run --count 2000 --rate 50 --duration 5m', 'a larger fleet that arrives more slowly'],
  [
    '$0 run --broker mqtts://broker.example.com --ca ca.pem --ca-cert root.pem --ca-key root.key',
    'your broker, with root.pem as its client CA',
  ],
  ['$0 run --fleet fleet --broker mqtts://broker.example.com --ca ca.pem', 'a fleet from emu fleet create'],
  [
    '$0 run --broker mqtts://broker.example.com --resolve broker.example.com:8883:10.0.0.7:18883 --ca ca.pem',
    'one machine of many behind a name, by its certificate',
  ],
  ['$0 run --probe', 'messages delivered, lost and duplicated, with latencies'],
  ['$0 run --count 1 --console 0', 'one device and its serial console'],
  ['$0 run --json --out results > summary.json', 'for a machine to read'],
];

export type RunArguments = Readonly<Partial<Record<keyof typeof RUN_OPTIONS, unknown>>>;
