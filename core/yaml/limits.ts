/** Bounds that keep a damaged or hostile file from costing more than it is worth. */
export interface YamlLimits {
  /** UTF-16 code units. */
  readonly maxLength: number;
  readonly maxDepth: number;
  /** Nodes after aliases are resolved: an alias bomb stops here. */
  readonly maxNodes: number;
}

export const defaultYamlLimits: YamlLimits = {
  maxLength: 2 * 1024 * 1024,
  maxDepth: 64,
  maxNodes: 100_000,
};
