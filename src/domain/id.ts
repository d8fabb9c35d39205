declare const kind: unique symbol

/** A string that identifies one kind of thing. A plain string is one, too; an id of another kind is not. */
export type Id<Kind extends string> = string & { readonly [kind]?: Kind }
