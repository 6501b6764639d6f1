import type { ConfigZone } from '../../emulator/atecc608/index.ts';
import { configDocument } from './config-document.ts';

/** One field in which two configurations differ, with its values as text. */
export interface ConfigDifference {
  /** `slots.4.slotConfig.readKey` */
  readonly field: string;
  readonly left: string;
  readonly right: string;
}

export function compareConfigs(left: ConfigZone, right: ConfigZone): ConfigDifference[] {
  const other = new Map(leaves(configDocument(right)));
  return leaves(configDocument(left)).flatMap(([field, value]) => {
    const against = other.get(field) ?? '';
    return value === against ? [] : [{ field, left: value, right: against }];
  });
}

function leaves(value: object, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, inner]): [string, string][] =>
    typeof inner === 'object' && inner !== null
      ? leaves(inner, `${path}${name}.`)
      : [[`${path}${name}`, String(inner)]],
  );
}
