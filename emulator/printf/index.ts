export { compileFormat, formatDouble, sprintf } from './printf.ts';
