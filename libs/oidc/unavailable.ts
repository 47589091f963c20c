/** The provider, or its answer, is of no use just now. The message names a host at most, and what is wrong with the answer. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
}
