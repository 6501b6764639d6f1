export { compileFormat, formatDouble } from './printf.ts';
