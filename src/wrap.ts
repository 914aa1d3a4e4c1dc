/** Breaks a text into lines of at most `width` characters, between words; only longer words are split. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  const room = () => Math.max(1, width - (lines.length === 0 ? 0 : indent.length));
  const push = () => {
    lines.push((lines.length === 0 ? "" : indent) + line.join(""));
    line = [];
  };
  for (const piece of text.split(" ").filter((one) => one !== "")) {
    // By code points, so that a split never leaves half a character.
    let word = [...piece];
    if (line.length > 0 && line.length + 1 + word.length > room()) push();
    while (word.length > room()) {
      line = word.slice(0, room());
      word = word.slice(line.length);
      push();
    }
    if (line.length > 0) line.push(" ");
    line.push(...word);
  }
  if (line.length > 0 || lines.length === 0) push();
  return lines;
}

/** Breaks a model's name into lines of at most `width` characters, after its parts: "hub-name/", "model-base". */
export function wrapName(name: string, width: number): string[] {
  const lines: string[] = [];
  for (const piece of name.split(/(?<=[/\\._ -])/)) {
    const longer = `${lines.at(-1) ?? ""}${piece}`;
    if (longer.trimEnd().length <= width) lines.splice(-1, 1, longer);
    else lines.push(...wrap(piece, width));
  }
  return lines.map((line) => line.trimEnd());
}
