import type { Profile } from '../../emulator/firmware/index.ts';
import type { CertificateDefinition, Element } from '../../emulator/host-library/index.ts';
import { type CStruct, doesNotFit, hex, unsigned } from './c-text.ts';
import type { Templates } from './templates.ts';

/** CERTIFICATE_LIMIT of firmware/core/credentials.h. */
const CERTIFICATE_LIMIT = 640;

/** `struct profile_certificates`. The templates' bytes stand in arrays of their own. */
export function certificateTable({ certificates }: Profile, { signer, device }: Templates): CStruct {
  const { slots, signerRecord, deviceCommonName } = certificates;
  return {
    common_name_in_slot: String(deviceCommonName === 'slot8'),
    common_name_slot: `${slots.commonName}`,
    compressed_device_slot: `${slots.compressedDevice}`,
    signer_public_key_slot: `${slots.signerPublicKey}`,
    compressed_signer_slot: `${slots.compressedSigner}`,
    signer_record_slot: `${slots.signerRecord}`,
    root_public_key_slot: `${slots.rootPublicKey}`,
    record_serial_number: unsigned(8, 'certificates.signerRecord.serialNumber', signerRecord.serialNumber),
    record_not_before: unsigned(8, 'certificates.signerRecord.notBefore', signerRecord.notBefore),
    record_not_after: unsigned(8, 'certificates.signerRecord.notAfter', signerRecord.notAfter),
    signer: certificate('SIGNER_TEMPLATE', 'signer', signer),
    device: certificate('DEVICE_TEMPLATE', 'device', device),
  };
}

/** `struct profile_certificate`. */
function certificate(array: string, name: string, definition: CertificateDefinition): CStruct {
  const { template, elements, templateId, chainId, snSource, expireYears } = definition;
  if (template.length > CERTIFICATE_LIMIT) {
    const what = `the certificate of the ${name} may have ${template.length} bytes, ${CERTIFICATE_LIMIT} at most fit`;
    throw doesNotFit(what, template.length);
  }
  return {
    template_der: array,
    template_length: `sizeof ${array}`,
    template_id: `${templateId}`,
    chain_id: `${chainId}`,
    sn_source: hex(snSource, 1),
    expire_years: `${expireYears}`,
    tbs: element(elements.tbs),
    serial_number: element(elements.serialNumber),
    not_before: element(elements.notBefore),
    not_after: element(elements.notAfter),
    common_name: element(elements.commonName),
    public_key: element(elements.publicKey),
    subject_key_id: element(elements.subjectKeyId),
    authority_key_id: element(elements.authorityKeyId),
    signature: element(elements.signature),
  };
}

function element({ offset, count }: Element): string {
  return `{${offset}, ${count}}`;
}
