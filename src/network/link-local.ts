/** Tells whether an IPv4 address is one that a machine gives itself where nobody hands out addresses: 169.254/16, RFC 3927. */
export const isLinkLocal = (address: string): boolean => address.startsWith('169.254.');
