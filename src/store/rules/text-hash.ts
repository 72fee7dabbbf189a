/** The hash stored with each document. */
import { hash } from 'node:crypto';

/** SHA-256 of a text's UTF-8 bytes. */
export function hashText(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
