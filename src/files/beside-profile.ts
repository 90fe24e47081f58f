/** Files of a show: they lie beside its profile. */

/**
 * A file or folder beside a profile: `friday.yaml` has `friday.yaml.recordings`.
 *
 * The whole name of the profile is in it, so that two profiles of one folder never share anything: neither `friday.yaml`
 * and `friday.yml`, nor `friday.yaml` and `friday`.
 *
 * @param ending  without a dot: `recordings`, `state.json`
 */
export const besideProfile = (profileFile: string, ending: string): string => `${profileFile}.${ending}`;
