const WORDS: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': '\\texttt{"}',
  "−": "$-$",
  "'": "\\textquotesingle{}",
  "`": "\\textasciigrave{}",
  // Behind \\ and in options they are read as LaTeX's own.
  "[": "{[}",
  "]": "{]}",
  "*": "{*}",
};

/** The text so that LaTeX prints it as it is: nothing of it is a command, and no two characters become a ligature. */
export function escapeLatex(text: string): string {
  return wellFormed(text)
    .replace(/[\\~^<>|"'`−[\]*{}#$%&_]/g, (sign) => WORDS[sign] ?? `\\${sign}`)
    .replace(/(?<=[-,?!])(?=[-,?!\\])/g, "{}");
}

/** Half a character, which UTF-8 cannot hold, becomes the sign for what is unknown. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/**
 * Lines for the preamble that let pdfLaTeX print every character of the document: those that it has no letters for as
 * their number, "U+4E2D". XeLaTeX and LuaLaTeX look for them in the font.
 */
export function unicodeFallbacks(document: string): string[] {
  const beyond = new Set([...document].filter((character) => character.codePointAt(0)! > 0x7e));
  return [...beyond].sort().map((character) => {
    const number = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    return `\\ifcsname u8:\\detokenize{${character}}\\endcsname\\else\\DeclareUnicodeCharacter{${number}}{\\texttt{U+${number}}}\\fi`;
  });
}
