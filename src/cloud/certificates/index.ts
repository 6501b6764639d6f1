export { authorityOf, certificatesOf, isIssuedBy, isValidAt } from './chain.ts';
export { type CertificateInfo, certificateInfo, commonNameOf, thumbprintsOf } from './names.ts';
export { readCertificate } from './read.ts';
