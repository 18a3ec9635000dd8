/** Which addresses may send. */
export interface AddressGate {
  /**
   * Asked with the sender's address for every datagram before it is read, for every connection that comes in and for
   * every message on one; a connection that is no longer let in is cut. On the hot path: well under a microsecond.
   */
  admits(address: string): boolean
}
