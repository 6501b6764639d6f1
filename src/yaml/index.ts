export { type DocumentKind, readDocument, type YamlDocument } from './document.ts';
export { describeIssues } from './problems.ts';
