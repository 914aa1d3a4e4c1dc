/**
 * The name in the bare GLMModel: without the prefixes that wrappers leave ("glm." of the hub's head classes, "module." and
 * "model." of the original repository's). A name that is then none of GLM's is handed back as it was.
 */
export function bareName(name: string): string {
  const bare = name.replace(/^(?:(?:module|model|glm)\.)+/, "");
  return bare === "word_embeddings.weight" || bare.startsWith("transformer.") ? bare : name;
}

/** Whether the (bare) name is that of a weight, which must be readable, and not of a buffer, which may be left out. */
export function isWeight(bare: string): boolean {
  return bare === "word_embeddings.weight" || /^transformer\..+\.(?:weight|bias)$/.test(bare);
}

/** How the original repository splits a tensor over model-parallel files (its change_mp.py). */
export type Split = "rows" | "columns" | "rows-of-thirds" | "replicated";

export function splitOf(bare: string): Split {
  // Each file's query_key_value is [Q_r; K_r; V_r], so the thirds are put together one by one.
  if (/\.attention\.query_key_value\.(?:weight|bias)$/.test(bare)) return "rows-of-thirds";
  if (/\.mlp\.dense_h_to_4h\.(?:weight|bias)$/.test(bare)) return "rows";
  if (bare === "word_embeddings.weight") return "rows";
  if (/\.(?:attention\.dense|mlp\.dense_4h_to_h)\.weight$/.test(bare)) return "columns";
  return "replicated";
}
