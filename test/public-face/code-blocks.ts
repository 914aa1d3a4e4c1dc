/** The code blocks of a page, by language. */
export function codeBlocks(page: string, language: string): string[] {
  const block = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm");
  return [...page.matchAll(block)].map(([, code]) => code!);
}
