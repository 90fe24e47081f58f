/** A text of others in a line of ours: it neither ends the line nor moves the cursor of a terminal. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
