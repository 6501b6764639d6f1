export { formatDouble, sprintf } from './printf.ts';
