/** What a token can be; the legend of the protocol has this order. */
export const tokenTypes = ['namespace', 'class', 'variable', 'enumMember'] as const;
export const tokenModifiers = ['declaration'] as const;
