const REPLACEMENTS: Readonly<Record<string, string>> = {
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
  // After \\ and in options, LaTeX would interpret these.
  "[": "{[}",
  "]": "{]}",
  "*": "{*}",
};

/** Escapes a text so that LaTeX prints it literally: no commands, and no two characters form a ligature. */
export function escapeLatex(text: string): string {
  return replaceSurrogates(text)
    .replace(/[\\~^<>|"'`−[\]*{}#$%&_]/g, (sign) => REPLACEMENTS[sign] ?? `\\${sign}`)
    .replace(/(?<=[-,?!])(?=[-,?!\\])/g, "{}");
}

/** Replaces lone surrogates, which UTF-8 cannot encode, with the replacement character. */
function replaceSurrogates(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/**
 * Makes preamble lines that let pdfLaTeX print every character of the document: characters without a glyph as their code
 * point, "U+4E2D". XeLaTeX and LuaLaTeX take them from the font.
 */
export function makeUnicodeFallbacks(document: string): string[] {
  const beyond = new Set([...document].filter((character) => character.codePointAt(0)! > 0x7e));
  return [...beyond].sort().map((character) => {
    const codePoint = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    return `\\ifcsname u8:\\detokenize{${character}}\\endcsname\\else\\DeclareUnicodeCharacter{${codePoint}}{\\texttt{U+${codePoint}}}\\fi`;
  });
}
