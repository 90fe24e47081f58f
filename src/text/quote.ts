/** Words of people in a message: one in quotes, many in a list, each short enough for a line. */

/** A text in double quotes, shortened when it would fill the line. */
export const quote = (text: string): string => {
  const [line = ''] = text.split('\n', 1);
  return line.length > 60 || line !== text ? `"${line.slice(0, 60)}…"` : `"${text}"`;
};

const MOST_LISTED = 30;

/** Names one after the other; not more than one would read. */
export const listed = (names: readonly string[]): string =>
  names.length <= MOST_LISTED
    ? names.join(', ')
    : `${names.slice(0, MOST_LISTED).join(', ')} and ${names.length - MOST_LISTED} more`;
