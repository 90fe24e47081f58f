/** Pictures of several lines, each told again only in the lines that are other than before. */

/** @returns takes a picture by its name, and gives its lines that have changed since that name's last one */
export function changedLines(): (name: string, lines: readonly string[]) => readonly string[] {
  const before = new Map<string, readonly string[]>();
  return (name, lines) => {
    const old = before.get(name) ?? [];
    before.set(name, lines);
    return lines.filter((line, i) => old[i] !== line);
  };
}
