/** What a message may take: `{name}` in its text is replaced. */
export type Params = Record<string, string | number>;
