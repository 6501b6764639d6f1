import { type DerReader, derTag, objectIdentifier } from './der.ts';
import { isSame } from './is-same.ts';

/** One attribute of a distinguished name. */
export interface NameAttribute {
  /** Dotted object identifier of the type. */
  readonly type: string;
  readonly tag: number;
  readonly value: Uint8Array;
}

const commonName = '2.5.4.3';
const text = new TextDecoder();

/** The attributes of a Name's content in the order they stand (RFC 5280 4.1.2.4). */
export function readName(name: DerReader): readonly NameAttribute[] {
  const attributes: NameAttribute[] = [];
  while (!name.atEnd) {
    const relative = name.enter(derTag.set);
    do {
      const pair = relative.enter(derTag.sequence);
      const type = objectIdentifier(pair.expect(derTag.objectIdentifier).content);
      const { tag, content } = pair.next();
      pair.end();
      attributes.push({ type, tag, value: content });
    } while (!relative.atEnd);
  }
  return attributes;
}

function isText(attribute: NameAttribute): boolean {
  return attribute.tag === derTag.utf8String || attribute.tag === derTag.printableString;
}

function isSameValue(first: NameAttribute, second: NameAttribute): boolean {
  if (first.value.length !== second.value.length) return false;
  // RFC 5280 7.1: UTF8String and PrintableString compare as text, case ignored.
  if (isText(first) && isText(second)) {
    return text.decode(first.value).toLowerCase() === text.decode(second.value).toLowerCase();
  }
  return first.tag === second.tag && isSame(first.value, second.value);
}

export function isSameName(first: readonly NameAttribute[], second: readonly NameAttribute[]): boolean {
  return (
    first.length === second.length &&
    first.every((attribute, index) => {
      const other = second[index];
      return other !== undefined && attribute.type === other.type && isSameValue(attribute, other);
    })
  );
}

/** Every common name, as text. */
export function commonNames(name: readonly NameAttribute[]): readonly string[] {
  return name.filter((attribute) => attribute.type === commonName).map((attribute) => text.decode(attribute.value));
}
