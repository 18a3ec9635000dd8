/** Whether a datagram is empty, CRLFs, or the zero bytes that some adapters send to keep their NAT binding. */
export function isKeepAlive(bytes: Buffer): boolean {
  if (bytes.length > 4) return false
  for (const byte of bytes) if (byte !== 0x0d && byte !== 0x0a && byte !== 0) return false
  return true
}
