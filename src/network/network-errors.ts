/** Meaning of the system's words for a failed send, for an operator. */

const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens on that port; is the receiver on, and its OSC input?',
  EHOSTUNREACH: 'there is no such machine on the network; check its address and cable',
  ENETUNREACH: "no network leads there; check this machine's address and cable",
  ENETDOWN: 'the network is down; check the cable',
  ENOTFOUND: 'no machine of that name is known; write its address',
  EAI_AGAIN: 'no name server answers, so that the name cannot be looked up; write its IPv4 address',
  EAI_FAIL: 'the name server cannot look up that name; write its IPv4 address',
  EAI_NODATA: 'no machine of that name is known; write its address',
  EAI_NONAME: 'no machine of that name is known; write its address',
  ENODATA: 'that name has no IPv4 address; write its address',
  EHOSTDOWN: 'that machine does not answer; check its power and cable',
  EMSGSIZE: 'the message is too large for a packet; make it shorter',
  ENOBUFS: 'this machine has no room for more packets; send less at a time',
  EMFILE: 'this program has too many files and connections open; start it again',
  EADDRINUSE: 'another program has that port',
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
