import { randomInt } from 'node:crypto'

/** Letters and digits that are not mistaken for each other when read from paper: no 0 O 1 l I. */
const unambiguous = '23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ'

/** A random password that a person can type; 20 characters hold 116 bits. */
export function randomPassword(length = 20): string {
  return Array.from({ length }, () => unambiguous[randomInt(unambiguous.length)]).join('')
}
