export { authorityOf, certificatesOf, isIssuedBy, isValidAt } from './chain.ts';
export { commonNameOf, thumbprintsOf } from './names.ts';
