/** Happenings of the show itself, which are of no deck. */
export const SHOW_HAPPENINGS = ['show start', 'show stop'] as const;
export type ShowHappening = (typeof SHOW_HAPPENINGS)[number];

export const isShowHappening = (happening: string): happening is ShowHappening =>
  (SHOW_HAPPENINGS as readonly string[]).includes(happening);
