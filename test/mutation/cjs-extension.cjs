// Stryker's runner for mocha requires modules of mocha without their extension. Since mocha 12 it is .cjs.
require.extensions['.cjs'] ??= require.extensions['.js']
