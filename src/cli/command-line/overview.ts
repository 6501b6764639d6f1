/** What `emu` alone prints: what it is, and what to try. */
export function overview(version: string, name: string): string {
  return `emu ${version}: digital twins of IoT devices that load-test an MQTT broker over mutual TLS.

  ${name} run --count 20     20 devices against a broker that emu starts itself, for 30 s
  ${name} run --help         against your broker, faster, longer, for a machine to read
  ${name} fleet --help       persistent fleets, and your own broker set up for them
  ${name} --help             all commands

Every device has its own chip, its own key and its own certificate; the key signs inside the chip.
`;
}
