import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { userInfo } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { rootRng } from '../../../emulator/rng/index.ts';
import { formatDevices } from '../../base/index.ts';
import { brokerSetUp, CERTIFICATE_FILES, isLocal, shellWord, writeFiles } from '../../broker-config/index.ts';
import { certificatePem, createServerCa, serverCertificate } from '../../factory/index.ts';
import { readFleet } from '../../store/index.ts';
import { calledAs } from '../called-as.ts';
import { type Arguments, textOf } from '../command/index.ts';
import { EXIT } from '../errors/index.ts';
import type { Io } from '../io/index.ts';
import { parseHost, parseName, parsePort } from './export-options.ts';

/** `emu fleet export DIR --for BROKER`: what the broker needs, and the lines that start it and run the fleet. */
export function exportForBroker(directory: string, args: Arguments, { stdout, environment }: Io): number {
  const name = parseName(textOf(args, 'for') ?? '');
  const hostName = parseHost(textOf(args, 'hostname'));
  const port = parsePort(textOf(args, 'port'));
  const out = textOf(args, 'out') ?? name;
  const { authority, devices } = readFleet(directory);

  const rng = rootRng(Uint8Array.from(randomBytes(32)));
  const servers = createServerCa({ rng, now: new Date(), organization: authority.organization });
  const server = serverCertificate({ ca: servers, hosts: [hostName], rng });
  const { files, start, starts } = brokerSetUp(
    name,
    {
      clientCas: authority.anchors.join(''),
      server: server.certificatePem,
      serverKey: server.keyPem,
      serverCa: certificatePem(servers.root.der),
    },
    {
      hostName,
      port,
      user: userInfo().username,
      secret: randomBytes(16).toString('hex'),
    },
  );
  writeFiles(out, files);

  const endpoint = `${isIPv6(hostName) ? `[${hostName}]` : hostName}:${port}`;
  const trusted = shellWord(join(out, CERTIFICATE_FILES.serverCa));
  const local = isLocal({ hostName });
  const there = local ? out : basename(resolve(out));
  const lines = {
    ...(!local && { copy: `scp -r ${shellWord(out)} ${isIPv6(hostName) ? `[${hostName}]` : hostName}:` }),
    start: `(cd ${shellWord(there)} && ${start})`,
    check: `openssl s_client -brief -connect ${endpoint} -CAfile ${trusted} </dev/null`,
    run: `${calledAs(environment)} run --fleet ${shellWord(directory)} --broker mqtts://${endpoint} --ca ${trusted}`,
  };
  if (args.json === true) {
    const names = files.map((file) => join(out, file.name));
    stdout.write(`${JSON.stringify({ schema: 'emu-broker-export/1', files: names, ...lines }, null, 2)}\n`);
    return EXIT.ok;
  }
  stdout.write(`${out}: files with which ${name} accepts the ${formatDevices(devices.count)} of ${directory} and no other clients

${local ? `# ${starts}` : `# copies the files to the broker's machine\n${lines.copy}\n# there, where they were copied to: ${starts}`}
${lines.start}
# ${local ? 'in another terminal' : 'on this machine again'}: prints "Verification: OK" when the broker is up; the error after it says that it got no client certificate
${lines.check}
# runs the fleet
${lines.run}
`);
  return EXIT.ok;
}
