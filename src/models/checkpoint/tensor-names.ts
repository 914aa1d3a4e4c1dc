/**
 * Returns the name in the bare GLMModel: without the prefixes that wrappers add ("glm." from the hub's head classes,
 * "module." and "model." from the original repository). A name that still isn't one of GLM's is returned unchanged.
 */
export function getBareName(name: string): string {
  const bare = name.replace(/^(?:(?:module|model|glm)\.)+/, "");
  return bare === "word_embeddings.weight" || bare.startsWith("transformer.") ? bare : name;
}

/** Whether the (bare) name is that of a weight, which must be readable, rather than a buffer, which may be skipped. */
export function isWeight(bare: string): boolean {
  return bare === "word_embeddings.weight" || /^transformer\..+\.(?:weight|bias)$/.test(bare);
}

/** How the original repository splits a tensor over model-parallel files (its change_mp.py). */
export type Split = "rows" | "columns" | "rows-of-thirds" | "replicated";

export function getSplit(bare: string): Split {
  // Each file's query_key_value is [Q_r; K_r; V_r], so the thirds are merged one at a time.
  if (/\.attention\.query_key_value\.(?:weight|bias)$/.test(bare)) return "rows-of-thirds";
  if (/\.mlp\.dense_h_to_4h\.(?:weight|bias)$/.test(bare)) return "rows";
  if (bare === "word_embeddings.weight") return "rows";
  if (/\.(?:attention\.dense|mlp\.dense_4h_to_h)\.weight$/.test(bare)) return "columns";
  return "replicated";
}
