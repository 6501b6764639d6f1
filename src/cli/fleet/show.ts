import { X509Certificate } from 'node:crypto';
import { type DeviceView, inspectDevice } from '../../store/index.ts';
import { type Arguments, positional } from '../command/index.ts';
import { EXIT, quoted, usageError } from '../errors/index.ts';
import type { Io } from '../io/index.ts';

/** `emu fleet show`. Resolves to the exit code. */
export async function fleetShow(args: Arguments, { stdout }: Io): Promise<number> {
  const hint = 'Write it like: emu fleet show DIR 0';
  const directory = positional(args, 'dir', hint);
  const name = positional(args, 'device', hint);
  const view = await inspectDevice(directory, name);
  if (view === undefined) {
    throw usageError(
      `no device of the fleet in ${directory} is ${quoted(name)}`,
      `Give a number, a serial number or a client id: emu fleet list ${directory}`,
    );
  }
  stdout.write(args.json === true ? `${JSON.stringify(machineView(view), null, 2)}\n` : personView(view));
  return EXIT.ok;
}

function machineView({ device, serialNumber, clientId, locks, counters, slots, chain }: DeviceView) {
  const certificates = chain
    .map((der) => new X509Certificate(der))
    .map((x509) => ({ ...facts(x509), pem: x509.toString() }));
  return { schema: 'emu-device/1', device, serialNumber, clientId, locks, counters, slots, certificates };
}

function personView({ device, serialNumber, clientId, locks, counters, slots, chain }: DeviceView): string {
  const locked = (lock: boolean) => (lock ? 'locked' : 'open');
  const lines = [
    `device ${device}`,
    `  serial number  ${serialNumber}`,
    `  client id      ${clientId}`,
    `  locks          configuration ${locked(locks.configuration)}, data and OTP ${locked(locks.data)}`,
    `  counters       ${counters.join(', ')}`,
    '',
    'slot  holds        meaning',
    ...slots.map(
      ({ slot, holds, meaning, locked }) =>
        `${String(slot).padStart(4)}  ${holds.padEnd(11)}  ${meaning}${locked ? ' (locked)' : ''}`,
    ),
    '',
    'certificates, the device first',
    ...chain.flatMap((der) => {
      const { subject, issuer, serial, validFrom, validTo, sha256 } = facts(new X509Certificate(der));
      return [
        `  ${subject}`,
        `    issued by  ${issuer}`,
        `    serial     ${serial}`,
        `    valid      ${validFrom} to ${validTo}`,
        `    SHA-256    ${sha256}`,
      ];
    }),
  ];
  return `${lines.join('\n')}\n`;
}

function facts({ subject, issuer, serialNumber, validFrom, validTo, fingerprint256 }: X509Certificate) {
  const oneLine = (name: string) => name.replaceAll('\n', ', ');
  return {
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    serial: serialNumber,
    validFrom,
    validTo,
    sha256: fingerprint256,
  };
}
