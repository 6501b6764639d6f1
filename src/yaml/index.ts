export { type DocumentKind, readDocument, type YamlDocument } from './document.ts';
export { describeIssues, inOrder } from './problems.ts';
