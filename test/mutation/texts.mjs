/** Keeps the texts of invariants and errors unchanged: no test depends on their words. */
const texts = {
  shouldIgnore(path) {
    if (!path.isStringLiteral() && !path.isTemplateLiteral()) return undefined
    const call = path.parentPath
    const isText =
      call?.isNewExpression() || (call?.isCallExpression() && call.node.callee.name === 'invariant')
    return isText ? 'a text for people' : undefined
  },
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'texts', value: texts }]
