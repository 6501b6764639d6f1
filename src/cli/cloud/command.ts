import { type Command, flag, option } from '../command/index.ts';
import { HUB, parseDuration, parseIdScope, parsePositive } from '../options/index.ts';
import {
  ALLOCATION_NAMES,
  ID_SCOPE,
  parseAllocation,
  parseCloudHubs,
  parseHosts,
  parseSeconds,
  portOf,
} from './values.ts';

const port = (name: string, what: string) => ({
  ...option('Ports', `port of ${what}`, 'a free one'),
  check: (text: string) => portOf(`--${name}`, text),
});
const rate = (name: string, what: string) => ({
  ...option('Limits', what, 'none'),
  check: (text: string) => parsePositive(`--${name}`, text),
});

export const CLOUD: Command = {
  words: ['cloud'],
  summary: "a cloud that devices take for Azure's DPS and IoT Hub",
  description:
    'Serves a Device Provisioning Service and IoT Hubs on the loopback interface until Ctrl-C, with an HTTP API for what a portal does. docs/cloud.md describes them.',
  options: {
    hub: {
      ...option('Cloud', 'NAME of a hub, as devices are told; several', HUB),
      several: true,
      check: parseCloudHubs,
    },
    'id-scope': { ...option('Cloud', 'the scope that devices register in', ID_SCOPE), check: parseIdScope },
    allocation: {
      ...option('Cloud', `which of several hubs a device is given: ${ALLOCATION_NAMES}`, 'hashed'),
      values: () => ALLOCATION_NAMES.split(' | '),
      check: parseAllocation,
    },
    host: {
      ...option('Cloud', 'further NAME of this machine in the certificate of the servers; several'),
      several: true,
      check: parseHosts,
    },
    fleet: option('Devices', 'DIR of a persistent fleet, whose devices may register'),
    'enroll-ca': { ...option('Devices', 'PEM FILE of a CA, whose devices may register; several'), several: true },
    state: option(
      'State',
      'DIR to store devices, twins and messages in; each is on the disk before it is answered',
      'in memory',
    ),
    'dps-port': port('dps-port', 'the DPS'),
    'hub-port': port('hub-port', 'all hubs'),
    'api-port': port('api-port', 'the HTTP API'),
    'limit-requests': rate('limit-requests', 'requests of each kind to the DPS in a second; more are answered 429'),
    'limit-connects': rate('limit-connects', 'connections to a hub in a second; more are refused'),
    'limit-sends': rate('limit-sends', 'messages to a hub in a second; more wait'),
    'retry-after': {
      ...option('Limits', 'seconds that a device is told to wait', '3'),
      check: (text: string) => parseSeconds('--retry-after', text),
    },
    'assign-delay': {
      ...option('Limits', 'how long an assignment takes', 'no time'),
      check: (text: string) => parseDuration('--assign-delay', text),
    },
    json: flag('Output', 'where everything is, as one line of JSON'),
  },
  examples: [
    ['$0 cloud --fleet fleet', 'prints the command with which the fleet registers'],
    ['$0 cloud --fleet fleet --hub a.azure-devices.test --hub b.azure-devices.test --state cloud', 'two hubs, kept'],
    ['$0 cloud --enroll-ca root.pem --limit-requests 20 --assign-delay 2s', 'a busy one'],
  ],
  async run(args, io) {
    const { cloud } = await import('./cloud.ts');
    return cloud(args, io);
  },
};
