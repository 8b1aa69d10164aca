/** What a message may take: `{name}` in its text is replaced. */
export type Params = Record<string, string | number>;

/** A text, or what makes one of its parameters (plurals). */
export type Entry = string | ((params: Params) => string);

/** The same keys in another language: `satisfies Like<typeof english>` refuses one too few and one too many. */
export type Like<T> = Record<keyof T, Entry>;
