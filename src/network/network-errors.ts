/** Meaning of the system's words for a failed send, for an operator. */

const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens on that port; is the receiver on, and its OSC input?',
  EHOSTUNREACH: 'there is no such machine on the network; check its address and cable',
  ENETUNREACH: "no network leads there; check this machine's address and cable",
  ENETDOWN: 'the network is down; check the cable',
  ENOTFOUND: 'no machine of that name is known; write its address',
  EADDRNOTAVAIL: "this machine no longer has that address; check the cable, or the profile's interface",
  ECONNRESET: 'it has closed the connection',
  EPIPE: 'it has closed the connection',
  ETIMEDOUT: 'nobody answers any more; check its power and cable',
  EPERM: 'the system forbids it; check the firewall of this machine',
  EACCES: 'the system forbids it; check the firewall of this machine',
};

export const meaningOf = (error: Error): string => MEANINGS[(error as { code?: string }).code ?? ''] ?? error.message;

/** A network trouble that has not come again for this long is no longer shown. */
export const TROUBLE_SHOWN_MS = 10_000;
