/** Characters after which an editor asks for completions by itself. */
export const completionTriggers = {
  descriptor: [':', ' ', '-', '{', ',', '[', '"'],
  'domain-xml': ['<', '/', '>', ' ', "'", '"'],
} as const;
