/** Signs in the environment that systemd has started this program. Source: sd_notify(3). */

export type Environment = Readonly<Record<string, string | undefined>>;

/** Tells whether this run is a service: SIGHUP then asks it to read its profile again. */
export const isService = (environment: Environment): boolean => environment['NOTIFY_SOCKET'] !== undefined;
